// A mutation keeps collections waiting, so nothing is awaited in it.
use gc::{Gc, Heap};

async fn wait() {}

async fn run(heap: &Heap) -> u32 {
    heap.mutate(|mc| {
        let number = Gc::new(mc, 1_u32);
        wait().await;
        *number
    })
}

fn main() {
    drop(run(&Heap::new()));
}
