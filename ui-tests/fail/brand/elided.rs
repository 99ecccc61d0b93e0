// Elided lifetimes of a helper are three brands; name one `'gc` for all.
use gc::{Gc, GcCell, Mutation, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}

fn link(mc: &Mutation<'_>, a: Gc<'_, Node<'_>>, b: Gc<'_, Node<'_>>) {
    a.next.set(mc, Some(b));
}

fn main() {}
