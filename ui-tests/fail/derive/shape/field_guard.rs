// A guard belongs to its mutation: it cannot be stored.
use gc::{Gc, Ref, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: Ref<'gc, u8>,
}

fn main() {}
