// The next state of a loop is an object of another mutation.
use std::ops::ControlFlow;

use gc::{Gc, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    let one = a.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    b.mutate(|of_b| {
        let foreign = Gc::new(of_b, 5_u64);
        a.mutate_loop(one, |_, _| ControlFlow::<(), _>::Continue(foreign));
    });
}
