// The size of a slice is known at run time only, so no such value can be made.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: [u8],
}

fn main() {}
