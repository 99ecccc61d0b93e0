// A loop over one heap inside of another one keeps an object of the outer.
use std::ops::ControlFlow;

use gc::{Gc, GcCell, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    let cell = b.mutate(|mc| mc.root(Gc::new(mc, GcCell::new(None::<Gc<'_, u8>>))));
    a.mutate(|of_a| {
        let number = Gc::new(of_a, 1_u8);
        b.mutate_loop(cell, |of_b, cell| {
            cell.set(of_b, Some(number));
            ControlFlow::<(), _>::Continue(cell)
        });
    });
}
