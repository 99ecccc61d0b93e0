// A type with `no_rebrand` cannot be rooted by itself.
use gc::{Gc, Mutation, Trace};

#[derive(Trace)]
#[trace(no_rebrand)]
struct Node<'gc>(Gc<'gc, u8>);

fn root<'gc>(mc: &Mutation<'gc>, node: Gc<'gc, Node<'gc>>) {
    mc.root(node);
}

fn main() {}
