// A setting that does not exist, on a type parameter.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc, #[trace(skip)] T> {
    next: Gc<'gc, T>,
}

fn main() {}
