// `bound` without its predicates.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(bound)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
