// The mutation cannot be stored in an object.
use gc::{Gc, Mutation, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: &'gc Mutation<'gc>,
}

fn main() {}
