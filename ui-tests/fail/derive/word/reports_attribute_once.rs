// What is wrong for `Trace` is reported once, not by each derive.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
#[trace(skip)]
struct Handle<'gc>(Gc<'gc, u8>);

fn main() {}
