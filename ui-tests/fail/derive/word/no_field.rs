// A struct without a value is no word.
use gc::{Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
struct Unit;

fn main() {}
