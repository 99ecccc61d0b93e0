// A map holds pointers, which the collector does not find in a mutex.
use std::sync::Mutex;

use gc::{Gc, Heap, WeakMap};

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, Mutex::new(WeakMap::<u64, String>::new()));
    });
}
