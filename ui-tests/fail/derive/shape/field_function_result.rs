// A struct around a higher-ranked function pointer is not known; the pointer alone as a field is.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: Option<for<'a> fn(&'a Gc<'gc, u8>)>,
}

fn main() {}
