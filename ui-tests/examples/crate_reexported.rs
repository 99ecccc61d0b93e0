//! The crate through the re-export of another one, as in a library that builds on it.
mod library {
    pub mod heap {
        pub use gc::*;
    }
}
use library::heap::{Gc, Heap, Trace};

#[derive(Trace)]
#[trace(crate = "crate::library::heap")]
struct Node<'gc>(Vec<Gc<'gc, Node<'gc>>>);

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, Node(vec![Gc::new(mc, Node(vec![]))]))));
    assert_eq!(heap.mutate(|mc| root.get(mc).0.len()), 1);
}
