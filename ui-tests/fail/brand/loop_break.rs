// A loop ends with a value of its own brand, which has ended with the step.
use std::ops::ControlFlow;

use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let one = heap.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    let last = heap.mutate_loop(one, |_, number| ControlFlow::Break(number));
    println!("{last}");
}
