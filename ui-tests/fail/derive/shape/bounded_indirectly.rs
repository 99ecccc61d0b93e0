// A bound on a type made of the parameter cannot be carried over either.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Map<'gc, K>
where
    Vec<K>: Clone,
{
    key: K,
    next: Gc<'gc, u8>,
}

fn main() {}
