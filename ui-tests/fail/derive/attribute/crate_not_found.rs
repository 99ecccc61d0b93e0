// `crate` with a path at which the crate is not.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(crate = "::garbage")]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
