// An object belongs to the heap of one mutation.
use gc::{Gc, Heap};

fn main() {
    let (ours, theirs) = (Heap::new(), Heap::new());
    ours.mutate(|mc| {
        let object = Gc::new(mc, 1_u8);
        theirs.mutate(|mc| mc.clear_finalizer(object));
    });
}
