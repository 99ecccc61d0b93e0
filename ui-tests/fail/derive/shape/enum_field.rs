// A field of a variant is checked as that of a struct.
use gc::{Gc, Trace};

struct Foreign;
#[derive(Trace)]
enum Value<'gc> {
    Pair(Gc<'gc, u8>),
    Other { foreign: Foreign },
}

fn main() {}
