// A generic function that stores a `T` says so: `T: Trace<'gc>`.
use gc::{Gc, Mutation};

fn store<'gc, T>(mc: &Mutation<'gc>, value: T) -> Gc<'gc, T> {
    Gc::new(mc, value)
}

fn main() {}
