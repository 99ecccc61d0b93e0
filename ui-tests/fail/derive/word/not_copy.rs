// A word is copied into and out of its cell.
use gc::{Gc, Trace, Word};

#[derive(Trace, Word)]
struct Handle<'gc>(Gc<'gc, u8>);

fn main() {}
