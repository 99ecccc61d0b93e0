// A pointer to a slice is two words.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Nil,
    Text(Gc<'gc, str>),
}

fn main() {}
