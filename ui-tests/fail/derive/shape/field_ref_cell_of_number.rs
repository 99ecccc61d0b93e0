// A `RefCell` is not `Sync`, whatever is in it.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    count: std::cell::RefCell<u64>,
}

fn main() {}
