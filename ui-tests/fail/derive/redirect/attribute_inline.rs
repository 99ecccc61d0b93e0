// An attribute macro with the name of a built-in attribute of the emitted code cannot see that code.
use attribute_macros::replace as inline;
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);

fn main() {}
