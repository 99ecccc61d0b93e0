// The collector does not look into a `Cow`, so it holds no `Gc`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::borrow::Cow<'gc, [Gc<'gc, u8>]>,
}

fn main() {}
