// An attribute macro turns the type into an alias of another one.
use attribute_macros::replace;
use gc::{Gc, Trace};

struct Other<'gc> {
    number: u64,
    hidden: Gc<'gc, u8>,
}

#[derive(Trace)]
#[replace(type Node<'gc> = Other<'gc>;)]
struct Node<'gc> {
    number: u64,
}

fn main() {}
