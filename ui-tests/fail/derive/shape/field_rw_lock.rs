// The collector cannot see into a `RwLock`, which may be locked: use `GcRwLock`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::sync::RwLock<Vec<Gc<'gc, u8>>>,
}

fn main() {}
