// Finalizers run on a thread of the heap.
use std::rc::Rc;

use gc::{Gc, Mutation};

fn set<'gc>(mc: &Mutation<'gc>, object: Gc<'gc, u64>, counter: Rc<()>) {
    let _ = mc.set_finalizer(object, move |_| drop(counter));
}

fn main() {}
