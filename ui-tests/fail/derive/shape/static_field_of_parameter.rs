// A `#[trace(static)]` field whose parameter may hold a `Gc`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc, T> {
    #[trace(static)]
    values: Vec<T>,
    next: Gc<'gc, u8>,
}

fn main() {}
