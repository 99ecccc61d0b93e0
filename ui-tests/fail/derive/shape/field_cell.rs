// A `Cell` is not `Sync`, and the collector cannot see into it: use `GcCell`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::cell::Cell<Option<Gc<'gc, u8>>>,
}

fn main() {}
