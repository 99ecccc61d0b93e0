// `#[trace(static)]` says that the field holds no `Gc`, and this one does.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    #[trace(static)]
    field: Option<Gc<'gc, u8>>,
}

fn main() {}
