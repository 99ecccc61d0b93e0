// The argument of a cleanup outlives the mutation: pass what the cleanup needs of the object, or a root.
use gc::{Gc, Mutation};

fn add<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, u64>) {
    mc.add_cleanup(object, object, |_| ());
}

fn main() {}
