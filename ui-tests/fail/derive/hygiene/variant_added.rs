// An attribute macro adds a variant after the derive saw the enum: it would not be traced.
use attribute_macros::append;
use gc::{Gc, Trace};

#[derive(Trace)]
#[append(Extra(Gc<'gc, u8>),)]
enum Value<'gc> {
    Pair(Gc<'gc, u8>),
}

fn main() {}
