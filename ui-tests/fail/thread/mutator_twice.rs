// A mutator has one mutation at a time; nested ones are opened through the heap.
use gc::{Gc, Heap};

fn main() {
    let mut mutator = Heap::new().attach();
    mutator.mutate(|_| mutator.mutate(|mc| *Gc::new(mc, 1_u8)));
}
