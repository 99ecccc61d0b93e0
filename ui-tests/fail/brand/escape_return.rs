// A `Gc` is returned from its mutation: after it the object may be freed.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let escaped = heap.mutate(|mc| Gc::new(mc, 1_u32));
    drop(escaped);
}
