// An attribute without parentheses.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
