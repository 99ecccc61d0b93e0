// A type that can hold a `Gc` has no `Drop`, whether it has a size or not.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc, T: ?Sized> {
    next: Gc<'gc, u8>,
    body: T,
}

impl<T: ?Sized> Drop for Node<'_, T> {
    fn drop(&mut self) {}
}

fn main() {}
