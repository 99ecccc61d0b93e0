//! The crate by the names that programs give it: through a prelude, as a part of a library, or the program itself.
#![allow(dead_code, unused_imports)]
pub extern crate gc as real;
extern crate self as gc;

pub use real::*;

mod prelude {
    pub use real as heap;
}

/// What a derive needs, and no more.
mod little {
    pub use real::{__private, Rebrand, Trace, Word};
}

#[derive(Trace)]
struct Node<'gc>(Option<Gc<'gc, Node<'gc>>>);

#[derive(Trace)]
#[trace(crate = "prelude::heap")]
struct Generic<'gc, T: ?Sized>(u8, Gc<'gc, T>);

#[derive(Trace, Word, Clone, Copy)]
#[trace(crate = "little")]
enum Value<'gc> {
    Int(i32),
    Node(Gc<'gc, Node<'gc>>),
}

#[derive(Trace)]
#[trace(crate = "little", bound = "T: Word<'gc>")]
#[repr(u8)]
enum Either<'gc, T, U: ?Sized> {
    Cell(GcCell<T>),
    Other(Gc<'gc, U>),
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| {
        let node = Gc::new(mc, Node(None));
        let either = Gc::new(mc, Either::<_, String>::Cell(GcCell::new(Value::Node(node))));
        mc.root(Gc::new(mc, Generic(1, either)))
    });
    assert_eq!(heap.collect().unwrap().live_objects, 3);
    heap.mutate(|mc| assert!(matches!(*root.get(mc).1, Either::Cell(_))));
}
