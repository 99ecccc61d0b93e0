// `bound` with predicates that are no string.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(bound = T)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
