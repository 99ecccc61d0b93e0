// Only the last field may be without a size, as in every struct.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc, T: ?Sized> {
    body: T,
    next: Gc<'gc, u8>,
}

fn main() {}
