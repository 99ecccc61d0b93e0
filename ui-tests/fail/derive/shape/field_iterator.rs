// An iterator of std is not known to the collector.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::vec::IntoIter<Gc<'gc, u8>>,
}

fn main() {}
