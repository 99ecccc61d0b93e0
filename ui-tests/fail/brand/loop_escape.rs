// The state of a loop is stored outside of it; between two steps it may be freed.
use std::ops::ControlFlow;

use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let one = heap.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    let mut kept = None;
    heap.mutate_loop(one, |_, number| {
        kept = Some(number);
        ControlFlow::<(), _>::Continue(number)
    });
}
