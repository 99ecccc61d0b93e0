// `crate` names a module with the real `Rebrand` and, for type arguments, a `Rebrand` of its own, under which a string and
// a number are one type at two brands.
#![forbid(unsafe_code)]
use gc::{Gc, Heap};

mod fake {
    pub use gc::{Rebrand, Trace};

    pub mod __private {
        pub use gc::__private::*;

        pub trait Rebrand {
            type Static: gc::Trace<'static> + Rebrand<Static = Self::Static>;
            type At<'a>: gc::Trace<'a> + Rebrand<Static = Self::Static>;
        }
        impl Rebrand for String {
            type Static = String;
            type At<'a> = String;
        }
        impl Rebrand for u64 {
            type Static = String;
            type At<'a> = u64;
        }
    }
}

#[derive(gc::Trace)]
#[trace(crate = "fake")]
struct Holder<T>(T);

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, Holder(1_u64))));
    heap.mutate(|mc| println!("{}", String::len(&root.get(mc).0)));
}
