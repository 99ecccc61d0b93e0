// A pointer to text is two words.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Nil,
    Text(Gc<'gc, str>),
}

fn main() {}
