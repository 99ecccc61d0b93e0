// An `Rc` is not sendable, and objects are seen by all threads.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::rc::Rc<u8>,
}

fn main() {}
