// A `Gc` of the inner mutation is stored in the outer one, which goes on when the inner has ended.
use gc::{Gc, GcCell, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|of_a| {
        let cell = Gc::new(of_a, GcCell::new(None));
        b.mutate(|of_b| cell.set(of_a, Some(Gc::new(of_b, 1_u32))));
    });
}
