// A root inside the heap keeps its target for ever.
use gc::{Gc, Root, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: Root<u8>,
}

fn main() {}
