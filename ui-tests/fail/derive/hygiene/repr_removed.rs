// An attribute macro takes away the `repr` on which the masks of the variants rest.
use attribute_macros::replace;
use gc::{Gc, Trace};

#[derive(Trace)]
#[repr(u8)]
#[replace(enum Value<'gc> { Nil, Pair(Gc<'gc, u8>) })]
enum Value<'gc> {
    Nil,
    Pair(Gc<'gc, u8>),
}

const _: gc::implement::Mask = <Value<'static> as Trace<'static>>::MASK;

fn main() {}
