// A const parameter has no settings.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc, #[trace(static)] const N: usize> {
    next: [Gc<'gc, u8>; N],
}

fn main() {}
