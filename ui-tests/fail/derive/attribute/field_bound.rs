// A setting of types on a field.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    #[trace(bound = "String: Clone")]
    name: String,
}

fn main() {}
