// What is in an `UnsafeCell` may change while the collector reads it.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::cell::UnsafeCell<Option<Gc<'gc, u8>>>,
}

fn main() {}
