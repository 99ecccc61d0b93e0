// A reference keeps no object: it may outlive the mutation together with what it is stored in. Store a `Gc`
// made by `project`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: &'gc str,
}

fn main() {}
