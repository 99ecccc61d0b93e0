// An attribute macro adds a field after the derive saw the type: it would not be traced.
use attribute_macros::append;
use gc::{Gc, Trace};

#[derive(Trace)]
#[append(extra: Option<Gc<'gc, u8>>,)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
