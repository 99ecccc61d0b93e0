// A `NonNull` is no edge, and not `Send`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::ptr::NonNull<Gc<'gc, u8>>,
}

fn main() {}
