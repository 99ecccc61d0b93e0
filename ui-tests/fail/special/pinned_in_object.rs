// A pin in an object would keep its target, and the heap, for ever.
use gc::{Gc, Pinned, Trace};

#[derive(Trace)]
struct Buffer<'gc> {
    bytes: Pinned<[u8]>,
    owner: Gc<'gc, u64>,
}

fn main() {}
