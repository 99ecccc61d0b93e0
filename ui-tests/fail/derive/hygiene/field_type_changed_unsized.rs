// An attribute macro changes a field in front of one that may have no size, whose layout no constant describes. (A
// `&Gc<u64>` would be taken for a `&u64`.)
use attribute_macros::replace;
use gc::{Gc, Trace};

#[derive(Trace)]
#[replace(struct Node<'gc, T: ?Sized> { next: Gc<'gc, u8>, number: Gc<'gc, u64>, last: T })]
struct Node<'gc, T: ?Sized> {
    next: Gc<'gc, u8>,
    number: u64,
    last: T,
}

fn main() {}
