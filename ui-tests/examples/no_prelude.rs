//! The emitted code needs no prelude: it names everything by absolute paths.
#![no_implicit_prelude]
#![allow(dead_code)]

use ::gc::{Gc, GcCell, Heap, Trace, Word};
use ::std::prelude::v1::derive;

#[derive(Trace)]
struct Node<'gc, T> {
    value: T,
    next: GcCell<::core::option::Option<Gc<'gc, Node<'gc, T>>>>,
    log: ::std::vec::Vec<T>,
}

#[derive(Trace, Word)]
enum Value<'gc> {
    Nil,
    Int(i32),
    Pair(Gc<'gc, (Value<'gc>, Value<'gc>)>),
}
impl<'gc> ::core::clone::Clone for Value<'gc> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<'gc> ::core::marker::Copy for Value<'gc> {}

#[derive(Trace)]
#[repr(u8)]
enum Shape<'gc> {
    Point,
    Line(Gc<'gc, u8>, u64),
}

#[derive(Trace)]
struct Plain {
    child: ::core::option::Option<::std::process::Child>,
}

fn main() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        let node = Node { value: 1_u8, next: GcCell::new(::core::option::Option::None), log: ::std::vec![] };
        let node = Gc::new(mc, node);
        node.next.set(mc, ::core::option::Option::Some(node));
        Gc::new(mc, GcCell::new(Value::Int(1)));
        Gc::new(mc, (Value::Nil, Value::Pair(Gc::new(mc, (Value::Nil, Value::Nil)))));
        Gc::new(mc, (Shape::Point, Shape::Line(Gc::new(mc, 1_u8), 2)));
        Gc::new(mc, Plain { child: ::core::option::Option::None });
        ::std::assert!(node.log.is_empty() && node.value == 1);
    });
}
