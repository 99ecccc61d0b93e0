// `::gc` is the program itself, in which the real traits stand beside everything else.
#![forbid(unsafe_code)]
extern crate gc as real;
extern crate self as gc;

pub use real::{Rebrand, Trace};
pub mod __private {
    pub use real::__private::*;
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

#[derive(real::Trace)]
struct Node<'gc>(real::Gc<'gc, Vec<u8>>);
impl Drop for Node<'_> {
    fn drop(&mut self) {
        println!("{:?}", self.0);
    }
}

fn main() {}
