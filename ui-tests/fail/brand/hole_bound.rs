// Exploit: as `hole_function_parameter`, with a `bound` in place of the derived ones. It only adds to them.
use std::marker::PhantomData;

use gc::{Gc, Mutation, Trace};

#[derive(Trace)]
struct Inner<'gc> {
    number: Gc<'gc, u64>,
}
#[derive(Trace)]
#[trace(bound = "P: 'gc")]
struct Caller<'gc, P> {
    call: fn(P),
    brand: PhantomData<&'gc ()>,
}

fn store<'gc>(mc: &Mutation<'gc>, call: fn(Gc<'gc, Inner<'static>>)) {
    let caller = Gc::new(mc, Caller { call, brand: PhantomData });
    mc.root(caller);
}

fn main() {}
