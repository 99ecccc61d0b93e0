// A bound that cannot be asked for at every brand.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(bound = "T: Ord")]
struct Node<'gc, T> {
    value: T,
    next: Gc<'gc, u8>,
}

fn main() {}
