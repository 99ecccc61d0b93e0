// The fields of a packed type cannot be borrowed, and edges must be aligned.
use gc::{Gc, Trace};

#[derive(Trace)]
#[repr(C, packed)]
struct Node<'gc> {
    tag: u8,
    next: Gc<'gc, u8>,
}

fn main() {}
