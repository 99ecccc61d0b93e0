// A plain word may name `Gc<'static, _>` only outside of the word: it would be an edge without a brand.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
struct Handle(Option<Gc<'static, u8>>);

fn main() {}
