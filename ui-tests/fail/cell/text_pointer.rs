// A pointer to text is two words, in an `Option`, too.
use gc::{Gc, GcCell, Trace};

#[derive(Trace)]
struct Node<'gc> {
    name: GcCell<Option<Gc<'gc, str>>>,
}

fn main() {}
