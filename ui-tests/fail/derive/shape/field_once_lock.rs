// The collector cannot see into a `OnceLock`: use `GcOnce`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::sync::OnceLock<Gc<'gc, u8>>,
}

fn main() {}
