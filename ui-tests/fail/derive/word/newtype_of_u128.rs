// A newtype is a word if its field is one.
use gc::{Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
struct Wide(u128);

fn main() {}
