// A `#[trace(static)]` field cannot hide the type itself.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    #[trace(static)]
    hidden: Option<Box<Self>>,
    next: Gc<'gc, u8>,
}

fn main() {}
