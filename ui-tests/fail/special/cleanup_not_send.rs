// Cleanups run on a thread of the heap.
use std::rc::Rc;

use gc::{Gc, Mutation};

fn add<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, u64>, counter: Rc<()>) {
    mc.add_cleanup(object, counter, drop);
}

fn main() {}
