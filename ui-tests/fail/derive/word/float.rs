// A `f64` does not fit beside the tag.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Float(f64),
    Text(Gc<'gc, u8>),
}

fn main() {}
