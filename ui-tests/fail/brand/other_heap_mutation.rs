// A cell of one heap is written with the mutation of another.
use gc::{Gc, GcCell, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|of_a| {
        b.mutate(|of_b| {
            let number = Gc::new(of_a, 1_u32);
            Gc::new(of_a, GcCell::new(None)).set(of_b, Some(number));
        });
    });
}
