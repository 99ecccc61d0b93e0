// A map in an object owns its keys, which the collector has to know.
use std::rc::Rc;

use gc::{Gc, GcRefCell, Heap, WeakValueMap};

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, GcRefCell::new(WeakValueMap::<Rc<str>, u64>::new()));
    });
}
