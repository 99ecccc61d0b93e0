// A variant has room for one value beside the tag.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Nil,
    Pair(Gc<'gc, u8>, Gc<'gc, u8>),
}

fn main() {}
