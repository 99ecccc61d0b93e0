// A bound `T: Trace<'static>` is about another brand than that of the mutation.
use gc::{Gc, Mutation, Trace};

fn store<'gc, T: Trace<'static>>(mc: &Mutation<'gc>, value: T) {
    Gc::new(mc, value);
}

fn main() {}
