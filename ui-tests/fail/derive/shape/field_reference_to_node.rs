// A reference keeps no object: it may outlive the mutation together with what it is stored in.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    parent: Option<&'gc Node<'gc>>,
    children: Vec<Gc<'gc, Node<'gc>>>,
}

fn main() {}
