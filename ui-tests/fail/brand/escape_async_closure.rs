// The closure of a mutation is async: its future would hold the mutation when the call has ended.
use gc::{Gc, Heap};

async fn run(heap: &Heap) -> u32 {
    heap.mutate(async |mc| *Gc::new(mc, 1_u32)).await
}

fn main() {
    drop(run(&Heap::new()));
}
