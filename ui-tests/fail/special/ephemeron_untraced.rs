// A value is what an object may hold.
use std::cell::RefCell;

use gc::{Ephemeron, Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        Ephemeron::new(mc, Gc::new(mc, 1), RefCell::new(2));
    });
}
