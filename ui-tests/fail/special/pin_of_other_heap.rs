// An object is pinned in a mutation of its own heap.
use gc::{Gc, Heap};

fn main() {
    let (ours, theirs) = (Heap::new(), Heap::new());
    ours.mutate(|mc| {
        let object = Gc::new(mc, 1_u8);
        theirs.mutate(|mc| drop(mc.pin(object)));
    });
}
