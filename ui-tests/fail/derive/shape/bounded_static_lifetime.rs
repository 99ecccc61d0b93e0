// A parameter that is `'static` is marked `#[trace(static)]`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Map<'gc, K: 'static> {
    key: K,
    next: Gc<'gc, u8>,
}

fn main() {}
