// Exploit: a pointer to a value at `'static` is rooted without asking where the value stands.
use gc::{Gc, Mutation, Root, Trace};

#[derive(Trace)]
struct Inner<'gc> {
    keep: fn(Gc<'gc, u64>),
}

fn rebrand<'gc>(mc: &Mutation<'gc>, inner: Gc<'gc, Inner<'static>>) -> Root<Inner<'static>> {
    mc.root(inner)
}

fn main() {}
