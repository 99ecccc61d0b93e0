// The type argument of a generic type must be known to the collector.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Holder<T>(T);
struct Foreign;

fn store<'gc>(mc: &gc::Mutation<'gc>) {
    Gc::new(mc, Holder(Foreign));
}

fn main() {}
