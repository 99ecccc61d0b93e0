// A `GcSlice` of one heap is stored in a cell of another heap, whose collector would not know its object.
use gc::{Gc, GcCell, GcSlice, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|of_a| {
        b.mutate(|of_b| {
            let cell = Gc::new(of_b, GcCell::new(GcSlice::from_slice(of_b, &[1_u8])));
            cell.set(of_b, GcSlice::from_slice(of_a, &[2_u8]));
        });
    });
}
