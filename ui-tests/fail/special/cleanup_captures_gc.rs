// A cleanup outlives the mutation, and its object.
use gc::{Gc, Mutation};

fn add<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, u64>) {
    mc.add_cleanup(object, (), move |()| drop(*object));
}

fn main() {}
