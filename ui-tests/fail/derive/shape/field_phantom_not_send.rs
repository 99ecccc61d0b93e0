// A phantom of what is not `Send` makes the type so.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::marker::PhantomData<*const u8>,
}

fn main() {}
