// A setting that is written twice, in two attributes.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(crate = "::gc")]
#[trace(crate = "::gc")]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
