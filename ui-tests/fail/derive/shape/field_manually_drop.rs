// A `ManuallyDrop` may hold what was dropped already.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::mem::ManuallyDrop<Vec<Gc<'gc, u8>>>,
}

fn main() {}
