// A pointer to a slice is two words.
use gc::{Gc, GcCell, Trace};

#[derive(Trace)]
struct Node<'gc> {
    bytes: GcCell<Gc<'gc, [u8]>>,
}

fn main() {}
