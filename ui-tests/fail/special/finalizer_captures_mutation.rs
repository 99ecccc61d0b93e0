// A finalizer runs long after the mutation that has set it.
use gc::{Gc, Mutation};

fn set<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, u64>) {
    let _ = mc.set_finalizer(object, move |_| drop(Gc::new(mc, 1_u8)));
}

fn main() {}
