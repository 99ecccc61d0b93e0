// `Root::new` takes an object of this mutation, not a value at `'static`.
use gc::{Gc, Mutation, Root, Trace};

#[derive(Trace)]
struct Node<'gc>(Option<Gc<'gc, u8>>);

fn root<'gc>(mc: &Mutation<'gc>, node: Gc<'gc, Node<'static>>) -> Root<Node<'static>> {
    Root::new(mc, node)
}

fn main() {}
