// `crate` names a module with the real `Rebrand` and a `RebrandDst` of its own, under which a string and a number are
// one type at two brands.
#![forbid(unsafe_code)]
use gc::{Gc, Heap};

mod fake {
    pub use gc::{Rebrand, Trace};

    pub mod __private {
        pub use gc::__private::*;

        pub trait RebrandDst {
            type Static: ?Sized + gc::Trace<'static> + RebrandDst<Static = Self::Static>;
            type At<'a>: ?Sized + gc::Trace<'a> + RebrandDst<Static = Self::Static>;
        }
        impl RebrandDst for String {
            type Static = String;
            type At<'a> = String;
        }
        impl RebrandDst for u64 {
            type Static = String;
            type At<'a> = u64;
        }
    }
}

#[derive(gc::Trace)]
#[trace(crate = "fake")]
struct Node<'gc, T: ?Sized>(Gc<'gc, T>);

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, Node(Gc::new(mc, 1_u64)))));
    heap.mutate(|mc| println!("{}", String::len(&root.get(mc).0)));
}
