// A root is of the type that it was made for.
use gc::{Gc, Mutation, Root};

fn root<'gc>(mc: &Mutation<'gc>, number: Gc<'gc, u8>) -> Root<u16> {
    mc.root(number)
}

fn main() {}
