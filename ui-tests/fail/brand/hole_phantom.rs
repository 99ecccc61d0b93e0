// Exploit: as `hole_function_parameter`, with a parameter that has no value: `PhantomData` may stand at any
// brand, and is not rooted unless it stands at this one.
use std::marker::PhantomData;

use gc::{Gc, Mutation, Trace};

#[derive(Trace)]
struct Inner<'gc> {
    number: Gc<'gc, u64>,
}
#[derive(Trace)]
struct Caller<P> {
    call: fn(P),
}

fn store<'gc>(mc: &Mutation<'gc>, call: fn(PhantomData<Inner<'static>>)) {
    mc.root(Gc::new(mc, Caller { call }));
}

fn main() {}
