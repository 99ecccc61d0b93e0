// A finalizer runs in a mutation of its own: what it uses of the heap it reaches from its object, or from a root.
use gc::{Gc, Mutation};

fn set<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, u64>, other: Gc<'gc, u64>) {
    let _ = mc.set_finalizer(object, move |_| drop(*other));
}

fn main() {}
