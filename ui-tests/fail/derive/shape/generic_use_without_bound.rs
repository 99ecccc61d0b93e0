// A generic function that stores the type asks for what its derive asks for.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc, T> {
    value: T,
    next: Gc<'gc, u8>,
}

fn store<'gc, T>(mc: &gc::Mutation<'gc>, value: T, next: Gc<'gc, u8>) {
    Gc::new(mc, Node { value, next });
}

fn main() {}
