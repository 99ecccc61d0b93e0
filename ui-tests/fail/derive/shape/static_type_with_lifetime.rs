// A type that is `#[trace(static)]` has no lifetime, as it could be the brand.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(static)]
struct Node<'gc> {
    next: Option<Gc<'gc, u8>>,
}

fn main() {}
