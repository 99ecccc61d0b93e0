// A heap cannot be dropped inside of its own mutation.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        drop(heap);
        Gc::new(mc, 1_u8);
    });
}
