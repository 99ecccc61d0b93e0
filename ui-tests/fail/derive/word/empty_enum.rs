// An enum without variants has no value to store.
use gc::{Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Never {}

fn main() {}
