// An `Rc` is not sendable, and the collector cannot see into it: use `Gc`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::rc::Rc<Gc<'gc, u8>>,
}

fn main() {}
