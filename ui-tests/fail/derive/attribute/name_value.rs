// An attribute with `=` for parentheses.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace = "static"]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
