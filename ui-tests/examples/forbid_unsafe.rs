//! A program that forbids unsafe code uses all of it.
#![forbid(unsafe_code)]
#![allow(dead_code)]

use gc::{DynTrace, Gc, GcCell, Heap, Trace, Word, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

#[derive(Trace)]
struct Node<'gc> {
    next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}
impl<'gc> Shape<'gc> for Node<'gc> {}

#[derive(Trace, Word, Clone, Copy)]
enum Value<'gc> {
    Nil,
    Node(Gc<'gc, Node<'gc>>),
}
#[derive(Trace)]
#[repr(C)]
enum Documented<'gc> {
    Values(Gc<'gc, [GcCell<Value<'gc>>]>),
    Shape(Gc<'gc, dyn Shape<'gc>>),
}

fn main() {
    Heap::new().mutate(|mc| {
        let node = Gc::new(mc, Node { next: GcCell::new(None) });
        let values = Gc::from_iter(mc, [Value::Nil, Value::Node(node)].map(GcCell::new));
        let shape = Gc::unsize::<dyn Shape>(node, |node| node);
        assert!(node.next.get().is_none());
        Gc::new(mc, [Documented::Values(values), Documented::Shape(shape)]);
    });
}
