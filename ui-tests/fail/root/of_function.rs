// A function pointer cannot be rooted: one that takes `'static` pointers must not become one of this brand.
use gc::{Gc, Mutation};

fn root<'gc>(mc: &Mutation<'gc>, call: Gc<'gc, fn(u8) -> u8>) {
    mc.root(call);
}

fn main() {}
