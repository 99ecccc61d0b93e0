// Whether a `MaybeUninit` holds a `Gc` is not known.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::mem::MaybeUninit<Gc<'gc, u8>>,
}

fn main() {}
