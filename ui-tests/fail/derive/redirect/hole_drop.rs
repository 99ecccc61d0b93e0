// `crate` names a module with the real traits and a `__private` of its own, in which nothing guards against `Drop`.
#![forbid(unsafe_code)]
use gc::{Gc, Heap};

mod fake {
    pub use gc::{Rebrand, Trace};
    pub mod __private {
        pub use gc::__private::*;
        pub use std::marker::PhantomData;

        pub trait TypesHoldingGcMustNotImplDrop {}
        pub trait ProbeOtherwise {}
        pub const fn phantom_of<T: ?Sized>(_: &T) -> PhantomData<T> {
            PhantomData
        }
        pub const fn is_one_pointer<T>() -> bool {
            false
        }
    }
}

#[derive(gc::Trace)]
struct Text<'gc>(Vec<u8>, Option<Gc<'gc, u8>>);

#[derive(gc::Trace)]
#[trace(crate = "fake")]
struct Node<'gc> {
    other: Gc<'gc, Text<'gc>>,
}
impl Drop for Node<'_> {
    fn drop(&mut self) {
        println!("{:?}", self.other.0);
    }
}

fn main() {
    let heap = Heap::new();
    heap.mutate(|mc| Gc::new(mc, Node { other: Gc::new(mc, Text(vec![1], None)) }).other.0.len());
    heap.collect().unwrap();
}
