//! Attribute macros that leave the fields alone may stand anywhere around the derive.
#![allow(dead_code)]

use attribute_macros::append;
use gc::{Gc, Heap, Trace};

#[derive(Trace)]
#[append()]
struct Node<'gc> {
    next: Option<Gc<'gc, Node<'gc>>>,
}

#[append(extra: Option<Gc<'gc, u8>>,)]
#[derive(Trace)]
struct Extended<'gc> {
    next: Gc<'gc, Node<'gc>>,
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| {
        let next = Gc::new(mc, Node { next: None });
        mc.root(Gc::new(mc, Extended { next, extra: Some(Gc::new(mc, 1)) }))
    });
    assert_eq!(heap.collect().unwrap().live_objects, 3);
    heap.mutate(|mc| assert_eq!(root.get(mc).extra.as_deref(), Some(&1)));
}
