// A setting that does not exist.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(skip)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
