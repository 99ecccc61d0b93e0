// Exploit: a pointer to a value at `'static` becomes the state of a loop, whose steps give it their brand.
use std::ops::ControlFlow;

use gc::{Gc, Heap, Root, Static, Trace};

#[derive(Trace)]
struct Inner<'gc> {
    keep: fn(Gc<'gc, u64>),
}

fn rebrand(heap: &Heap, state: Root<Inner<'static>>, plain: Root<Static<Inner<'static>>>) {
    heap.mutate_loop(state, |mc, _| {
        let plain = plain.get(mc);
        ControlFlow::<(), _>::Continue(Gc::project(plain, |plain| &plain.0))
    });
}

fn main() {}
