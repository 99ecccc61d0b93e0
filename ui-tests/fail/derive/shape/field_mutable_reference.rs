// A mutable reference may change what the collector reads.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: &'gc mut u8,
}

fn main() {}
