// `::core` is the program itself, whose `compile_error!` reports nothing of the rule that is broken here: the type has
// an edge that nobody traces.
#![forbid(unsafe_code)]
extern crate self as core;

use gc::{Gc, Heap, Trace};

macro_rules! nothing {
    ($($any:tt)*) => {};
}
pub(crate) use nothing as compile_error;

#[derive(Trace)]
#[trace(static)]
struct Node<'gc>(Gc<'gc, u8>);

#[derive(Trace)]
enum Outer<'gc> {
    Node(Node<'gc>),
}

const _: gc::implement::Mask = <Node<'static> as Trace<'static>>::MASK;

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, Outer::Node(Node(Gc::new(mc, 1))));
    });
}
