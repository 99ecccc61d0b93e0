// A `#[trace(static)]` field cannot hide a `Gc` behind an associated type.
use gc::{Gc, Trace};

trait Owner {
    type Owned: Send + Sync;
}
impl<'gc> Owner for Gc<'gc, u8> {
    type Owned = Gc<'gc, u64>;
}

#[derive(Trace)]
struct Node<'gc> {
    #[trace(static)]
    hidden: <Gc<'gc, u8> as Owner>::Owned,
}

fn main() {}
