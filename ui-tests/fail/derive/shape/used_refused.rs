// A type that the derive refuses is used and rooted: nothing false is said of that.
use gc::{Gc, Heap, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Option<Gc<'gc, Node<'gc>>>,
    name: &'gc str,
}

fn main() {
    Heap::new().mutate(|mc| {
        let node = Gc::new(mc, Node { next: None, name: "a" });
        let _root = mc.root(node);
    });
}
