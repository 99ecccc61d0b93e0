// An `AtomicPtr` is an address and no edge: use `GcCell`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::sync::atomic::AtomicPtr<Gc<'gc, u8>>,
}

fn main() {}
