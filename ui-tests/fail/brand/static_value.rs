// A value that stands at `'static` is not one of this mutation.
use gc::{Gc, GcCell, Heap, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}

fn main() {
    let node: Node<'static> = Node { next: GcCell::new(None) };
    Heap::new().mutate(|mc| {
        Gc::new(mc, node);
    });
}
