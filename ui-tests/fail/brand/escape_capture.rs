// A `Gc` is stored in a variable outside of its mutation: after it the object may be freed.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let mut kept = None;
    heap.mutate(|mc| kept = Some(Gc::new(mc, 1_u32)));
    drop(kept);
}
