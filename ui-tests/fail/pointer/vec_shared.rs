// An object changes only in its cells.
use gc::{Gc, GcVec, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let vec = Gc::new(mc, GcVec::new());
        vec.push(mc, 1);
    });
}
