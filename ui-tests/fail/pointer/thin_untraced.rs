// Elements of a `GcSlice` are objects of the heap as any other: a type that is not `Trace` cannot be one.
use gc::{GcSlice, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        GcSlice::from_iter(mc, [std::cell::Cell::new(1_u8)]);
    });
}
