// A field of an object cannot be taken: put it in a cell.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node {
    next: Option<Box<Node>>,
}

fn cut<'gc>(node: Gc<'gc, Node>) -> Option<Box<Node>> {
    node.next.take()
}

fn main() {}
