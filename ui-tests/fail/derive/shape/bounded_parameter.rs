// A bound on a parameter of the type would have to hold at every brand, which cannot be asked for.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Map<'gc, K: Ord> {
    key: K,
    next: Gc<'gc, u8>,
}

fn main() {}
