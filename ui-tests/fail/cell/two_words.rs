// A `GcCell` holds one word.
use gc::{Gc, GcCell, Trace};

#[derive(Trace)]
struct Node<'gc> {
    pair: GcCell<(Gc<'gc, u8>, u8)>,
}

fn main() {}
