// A variant has no settings; its fields have.
use gc::{Gc, Trace};

#[derive(Trace)]
enum Value<'gc> {
    Pair(Gc<'gc, u8>),
    #[trace(static)]
    Child(std::process::Child),
}

fn main() {}
