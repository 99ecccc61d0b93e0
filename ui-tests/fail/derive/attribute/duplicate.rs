// A setting that is written twice.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(no_rebrand, no_rebrand)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
