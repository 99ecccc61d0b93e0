//! The crate under another name: `#[trace(crate = "..")]` says where it is.
#![allow(dead_code)]

extern crate gc as renamed;

use renamed::{Gc, GcCell, Trace, Word};

#[derive(Trace)]
#[trace(crate = "renamed")]
struct Node<'gc> {
    next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}

#[derive(Trace, Word, Clone, Copy)]
#[trace(crate = "renamed")]
enum Value<'gc> {
    Int(i32),
    Node(Gc<'gc, Node<'gc>>),
}

#[derive(Trace)]
#[trace(crate = "renamed", no_rebrand)]
#[repr(C)]
enum Either<A, B> {
    A(A),
    B(B),
}

#[derive(Trace)]
#[trace(crate = "renamed")]
struct Plain(std::process::ExitStatus);

mod gc {
    //! Not the crate.
}

fn main() {
    renamed::Heap::new().mutate(|mc| {
        let node = Gc::new(mc, Node { next: GcCell::new(None) });
        let values = Gc::new(mc, [Value::Int(1), Value::Node(node)].map(GcCell::new));
        assert!(matches!(values[0].get(), Value::Int(1)));
        assert!(matches!(*Gc::new(mc, Either::<u8, Gc<Node>>::A(1)), Either::A(1)));
        Gc::new(mc, Either::<u8, Gc<Node>>::B(node));
        Gc::new(mc, Plain(Default::default()));
    });
}
