// A closure may have captured a `Gc`, and the collector cannot see into it.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: Box<dyn Fn() + Send + Sync + 'gc>,
}

fn main() {}
