// `crate` names a module whose `PhantomData` is an alias under which the check of types would see the same type always,
// and an attribute macro changes the type of a field.
#![forbid(unsafe_code)]
use attribute_macros::replace;
use gc::Gc;

mod fake {
    pub use gc::{Rebrand, Trace};
    pub mod __private {
        pub use gc::__private::*;

        pub type PhantomData<T> = <T as Unit>::Unit;
        pub trait Unit {
            type Unit;
        }
        impl<T: ?Sized> Unit for T {
            type Unit = ();
        }
        pub trait TypesHoldingGcMustNotImplDrop {}
        pub trait ProbeOtherwise {}
        pub const fn phantom_of<T: ?Sized>(_: &T) {}
        pub const fn is_one_pointer<T>() -> bool {
            false
        }
    }
}

#[derive(gc::Trace)]
#[trace(crate = "fake")]
#[replace(struct Node<'gc> { next: Gc<'gc, u8>, number: Gc<'gc, u64> })]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    number: u64,
}

fn main() {}
