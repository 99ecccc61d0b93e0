// `crate` names a module whose `Send` and `Sync` are others: a parameter that stays as it is must be the real ones.
use std::rc::Rc;

use gc::{Gc, Heap};

mod fake {
    pub use gc::{Rebrand, Trace};
    pub mod __private {
        pub use gc::__private::{DropKind, DropWalk, Fields, Mask, Shape, Tracer, bool};
        pub trait Send {}
        pub trait Sync {}
        impl<T> Send for T {}
        impl<T> Sync for T {}
    }
}

#[derive(gc::Trace)]
#[trace(crate = "fake", no_rebrand)]
struct Node<'gc, #[trace(static)] K> {
    #[trace(static)]
    key: K,
    next: Option<Gc<'gc, u8>>,
}

fn main() {
    Heap::new().mutate(|mc| Gc::new(mc, Node { key: Rc::new(1), next: None }).next.is_none());
}
