// A root inside the heap keeps its target for ever: store a `Gc`.
use gc::{Gc, Root, Trace};

#[derive(Trace)]
struct Node<'gc> {
    name: Gc<'gc, str>,
    next: Root<Node<'static>>,
}

fn main() {}
