// The closure is async, so its future would hold the mutation and a `Gc` over the `.await`. Await between two mutations.
use gc::{Gc, Heap};

async fn wait() {}

async fn run(heap: &Heap) -> u32 {
    heap.mutate(async |mc| {
        let number = Gc::new(mc, 1_u32);
        wait().await;
        *number
    })
    .await
}

fn main() {
    drop(run(&Heap::new()));
}
