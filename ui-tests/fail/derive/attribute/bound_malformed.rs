// `bound` with something that is no predicate.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(bound = "T Ord")]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
