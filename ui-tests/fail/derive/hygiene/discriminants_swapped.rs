// An attribute macro gives the variants other tags than the derive saw.
use attribute_macros::replace;
use gc::{Gc, Trace};

#[derive(Trace)]
#[replace(#[repr(u8)] enum Value<'gc> { A(Gc<'gc, u8>) = 1, B(u64) = 0 })]
#[repr(u8)]
enum Value<'gc> {
    A(Gc<'gc, u8>) = 0,
    B(u64) = 1,
}

const _: gc::implement::Mask = <Value<'static> as Trace<'static>>::MASK;

fn main() {}
