//! A loop with a safepoint between its steps, its state a slice, a trait object or a structure.
use std::ops::ControlFlow;

use gc::{Gc, Heap, Root, Trace};

#[derive(Trace)]
struct List<'gc> {
    head: u64,
    tail: Option<Gc<'gc, List<'gc>>>,
}

fn main() {
    let heap = Heap::new();
    let start: Root<List<'static>> = heap.mutate(|mc| mc.root(Gc::new(mc, List { head: 0, tail: None })));
    let length = heap.mutate_loop(start, |mc, list| {
        if list.head == 100 {
            return ControlFlow::Break(std::iter::successors(Some(list), |list| list.tail).count());
        }
        ControlFlow::Continue(Gc::new(mc, List { head: list.head + 1, tail: Some(list) }))
    });
    assert_eq!(length, 101);

    let numbers: Root<[u8]> = heap.mutate(|mc| mc.root(Gc::from_slice(mc, &[1_u8, 2, 3])));
    let last = heap.mutate_loop(numbers, |_, numbers| match *numbers {
        [last] => ControlFlow::Break(last),
        _ => ControlFlow::Continue(Gc::project(numbers, |numbers| &numbers[1..])),
    });
    assert_eq!(last, 3);
}
