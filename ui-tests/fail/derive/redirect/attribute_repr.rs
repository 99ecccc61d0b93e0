// An attribute macro with the name of a built-in attribute of the emitted code cannot see that code.
use attribute_macros::replace as repr;
use gc::{Gc, Trace};

#[derive(Trace)]
#[repr(u8)]
enum Node<'gc> {
    Next(Gc<'gc, u8>),
}

fn main() {}
