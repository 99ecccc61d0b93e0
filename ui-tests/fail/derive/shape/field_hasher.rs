// A hasher is not traced, so it cannot hold a `Gc`.
use gc::{Gc, Trace};

struct Seed<'gc>(Gc<'gc, u64>);

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: std::collections::HashMap<u8, u8, Seed<'gc>>,
}

fn main() {}
