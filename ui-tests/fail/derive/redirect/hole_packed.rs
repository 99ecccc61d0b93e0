// `crate` names a module with the real `Word` and a `Packed` of its own, which gives any number for an address.
#![forbid(unsafe_code)]
use gc::{Gc, GcCell, Heap};

mod fake {
    pub use gc::{Rebrand, Trace, Word};

    pub mod __private {
        pub use gc::__private::*;

        pub trait Packed<'gc>: Sized {
            const EDGE: bool = true;
            fn pack(self) -> *mut ();
            fn unpack(word: *mut ()) -> Self;
        }
        impl Packed<'_> for u64 {
            fn pack(self) -> *mut () {
                std::ptr::without_provenance_mut(self as usize)
            }
            fn unpack(word: *mut ()) -> Self {
                word.addr() as u64
            }
        }
    }
}

#[derive(Clone, Copy, gc::Trace, gc::Word)]
#[trace(crate = "fake")]
enum Value {
    Address(u64),
}

fn main() {
    let heap = Heap::new();
    let _root = heap.mutate(|mc| mc.root(Gc::new(mc, GcCell::new(Value::Address(0x1234_5678_9ABC)))));
    heap.collect().unwrap();
}
