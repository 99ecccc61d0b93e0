// `&'static Gc` would hide an edge: what lives for ever holds no brand.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: &'static Gc<'gc, i32>,
}

fn main() {}
