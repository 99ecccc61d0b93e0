// Lifetimes that are not written at all are brands of their own, too; name one `'gc` for all.
use gc::{Gc, GcCell, Mutation, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}

fn close(mc: &Mutation, node: Gc<Node>) {
    node.next.set(mc, Some(node));
}

fn main() {}
