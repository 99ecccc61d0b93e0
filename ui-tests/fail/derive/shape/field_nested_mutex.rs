// A `Mutex` inside of a `Vec` hides as much as one outside.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: Vec<std::sync::Mutex<Gc<'gc, u8>>>,
}

fn main() {}
