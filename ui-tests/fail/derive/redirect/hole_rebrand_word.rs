// The same with a `RebrandWord`, under which a number is a pointer at another brand.
#![forbid(unsafe_code)]
use gc::{Gc, GcCell, Heap};

mod fake {
    pub use gc::{Rebrand, Trace};

    pub mod __private {
        pub use gc::__private::*;

        pub trait RebrandWord {
            type WordStatic: gc::Word<'static> + RebrandWord<WordStatic = Self::WordStatic>;
            type WordAt<'a>: gc::Word<'a> + RebrandWord<WordStatic = Self::WordStatic>;
        }
        impl RebrandWord for gc::Gc<'_, String> {
            type WordStatic = gc::Gc<'static, String>;
            type WordAt<'a> = gc::Gc<'a, String>;
        }
        impl RebrandWord for u64 {
            type WordStatic = gc::Gc<'static, String>;
            type WordAt<'a> = u64;
        }
    }
}

#[derive(gc::Trace)]
#[trace(crate = "fake", bound = "T: gc::Word<'gc>")]
struct Counted<T>(GcCell<T>);

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, Counted(GcCell::new(1_u64)))));
    heap.mutate(|mc| println!("{}", root.get(mc).0.get().len()));
}
