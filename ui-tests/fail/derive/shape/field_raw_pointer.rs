// A raw pointer is no edge, and not `Send`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: *const Gc<'gc, u8>,
}

fn main() {}
