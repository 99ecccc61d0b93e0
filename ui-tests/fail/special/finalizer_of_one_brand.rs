// A finalizer works for every brand; a closure that is not written where it is passed on works for one.
use gc::{Gc, GcCell, Mutation};

fn finalize<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, GcCell<u64>>) {
    let finalizer = |mc: &Mutation<'_>, object| count(mc, object);
    mc.set_finalizer_in(object, finalizer).unwrap();
}

fn count<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, GcCell<u64>>) {
    object.fetch_add(mc, 1);
}

fn main() {}
