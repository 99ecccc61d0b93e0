// A setting that does not exist, on a field.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    #[trace(ignore)]
    name: String,
}

fn main() {}
