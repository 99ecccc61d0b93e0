// A parameter must be a word at every brand: `bound = "T: gc::Word<'gc>"`.
use gc::{Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
struct Wrapper<T>(T);

fn main() {}
