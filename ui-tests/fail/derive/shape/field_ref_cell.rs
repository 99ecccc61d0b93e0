// A `RefCell` is not `Sync`, and the collector cannot see into it: use `GcRefCell`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::cell::RefCell<Vec<Gc<'gc, u8>>>,
}

fn main() {}
