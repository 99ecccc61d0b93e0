// The collector cannot see into `dyn Any`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: Box<dyn std::any::Any + Send + Sync>,
}

fn main() {}
