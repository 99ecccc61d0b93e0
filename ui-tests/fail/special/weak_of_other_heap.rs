// A weak pointer is upgraded in a mutation of its own heap.
use gc::{Gc, Heap};

fn main() {
    let (ours, theirs) = (Heap::new(), Heap::new());
    ours.mutate(|mc| {
        let weak = Gc::downgrade(Gc::new(mc, 1_u8), mc);
        theirs.mutate(|mc| weak.upgrade(mc).is_some());
    });
}
