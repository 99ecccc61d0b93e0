// A `GcSlice` gives shared access: elements change through cells only.
use gc::{GcSlice, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let numbers = GcSlice::from_slice(mc, &[1_u32]);
        numbers[0] = 2;
    });
}
