// What a `Weak` points to is not kept, and not seen by the collector.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::sync::Weak<Gc<'gc, u8>>,
}

fn main() {}
