// A generic function that makes roots says so: `T: AtBrand<'gc>`.
use gc::{Gc, Mutation, Trace};

fn root<'gc, T: Trace<'gc>>(mc: &Mutation<'gc>, gc: Gc<'gc, T>) {
    mc.root(gc);
}

fn main() {}
