// A root names its target at `'static`, so it is itself free of brands.
use gc::{Gc, Mutation, Root, Trace};

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);

fn root<'gc>(mc: &Mutation<'gc>, node: Gc<'gc, Node<'gc>>) -> Root<Node<'gc>> {
    mc.root(node)
}

fn main() {}
