// A map holds pointers, which the collector does not find in a mutex.
use std::sync::Mutex;

use gc::{Gc, Heap, WeakMap};

fn main() {
    Heap::new().mutate(|mc| {
        let mut map = WeakMap::new();
        map.insert(mc, Gc::new(mc, 1), "one");
        Gc::new(mc, Mutex::new(map));
    });
}
