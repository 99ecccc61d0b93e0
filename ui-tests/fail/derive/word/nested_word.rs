// A packed word does not fit into another one.
use gc::{Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Inner {
    A(u32),
}
#[derive(Clone, Copy, Trace, Word)]
enum Outer {
    Inner(Inner),
}

fn main() {}
