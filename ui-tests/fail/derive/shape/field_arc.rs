// What an `Arc` owns is shared with the world outside, so the collector does not look into it: use `Gc`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::sync::Arc<Gc<'gc, u8>>,
}

fn main() {}
