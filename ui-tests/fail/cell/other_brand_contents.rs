// Contents of a cell have the brand of the mutation that borrows it.
use gc::{Gc, GcRefCell, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|of_a| {
        let cell = Gc::new(of_a, GcRefCell::new(vec![Gc::new(of_a, 1_u8)]));
        b.mutate(|of_b| cell.borrow_mut(of_b).clear());
    });
}
