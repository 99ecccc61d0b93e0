// A `#[trace(static)]` type with an argument that holds a `Gc`.
use gc::{Gc, Trace};

#[derive(Trace)]
#[trace(static)]
struct Holder<T>(T);

fn store<'gc>(mc: &gc::Mutation<'gc>, edge: Gc<'gc, u8>) {
    Gc::new(mc, Holder(edge));
}

fn main() {}
