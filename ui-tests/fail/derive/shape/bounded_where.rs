// The same bound behind `where`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Map<'gc, K>
where
    K: Ord,
{
    key: K,
    next: Gc<'gc, u8>,
}

fn main() {}
