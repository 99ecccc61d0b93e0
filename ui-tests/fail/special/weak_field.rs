// A weak pointer has no fields of its target: `upgrade` it.
use gc::{Gc, Trace, WeakGc};

#[derive(Trace)]
struct Node<'gc> {
    name: String,
    _next: Option<Gc<'gc, Node<'gc>>>,
}

fn name<'a, 'gc>(weak: &'a WeakGc<'gc, Node<'gc>>) -> &'a str {
    &weak.name
}

fn main() {}
