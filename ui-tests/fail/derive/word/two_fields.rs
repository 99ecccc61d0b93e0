// A word has room for one value.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
struct Pair<'gc>(Gc<'gc, u8>, Gc<'gc, u8>);

fn main() {}
