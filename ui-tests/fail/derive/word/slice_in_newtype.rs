// A pointer to a slice is two words, in an `Option` of a newtype, too.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
struct Items<'gc>(Option<Gc<'gc, [u8]>>);

fn main() {}
