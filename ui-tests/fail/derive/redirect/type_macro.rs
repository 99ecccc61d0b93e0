// A macro in the type of a field gives another type each time: a `Gc` to the struct, a number to the derive.
use attribute_macros::in_turn;
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    hidden: in_turn!(Gc<'gc, u64>; u64),
}

fn main() {}
