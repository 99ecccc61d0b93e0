// An integer of 64 bits does not fit beside the tag, and is never cut off.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Int(i64),
    Text(Gc<'gc, u8>),
}

fn main() {}
