// `crate` with something that is no path.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(crate = "my gc")]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
