// A field of a type that the collector does not know, in a type that can hold a `Gc`.
use gc::{Gc, Trace};

struct Foreign;

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: Foreign,
}

fn main() {}
