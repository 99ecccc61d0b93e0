// A type in the heap has one lifetime, the brand: what it borrowed could end before it.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc, 'text> {
    name: &'text str,
    next: Gc<'gc, u8>,
}

fn main() {}
