// The same for a generic type, of which no value is made.
#![forbid(unsafe_code)]

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
#[trace(crate = "fake")]
struct Holder<T>(T);
impl<T> Drop for Holder<T> {
    fn drop(&mut self) {}
}

fn main() {}
