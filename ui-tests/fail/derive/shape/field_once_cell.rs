// A `OnceCell` is not `Sync`, and the collector cannot see into it: use `GcOnce`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::cell::OnceCell<Gc<'gc, u8>>,
}

fn main() {}
