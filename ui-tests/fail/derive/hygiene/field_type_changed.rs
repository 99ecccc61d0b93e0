// An attribute macro changes a field's type after the derive saw it. (A `&Gc<u64>` would be taken for a
// `&u64`.)
use attribute_macros::replace;
use gc::{Gc, Trace};

#[derive(Trace)]
#[replace(struct Node<'gc> { next: Gc<'gc, u8>, number: Gc<'gc, u64> })]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    number: u64,
}

fn main() {}
