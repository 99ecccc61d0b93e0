// A `GcStr` is returned from its mutation: after it the string may be freed.
use gc::{GcStr, Heap};

fn main() {
    let heap = Heap::new();
    let escaped = heap.mutate(|mc| GcStr::new(mc, "text"));
    drop(escaped);
}
