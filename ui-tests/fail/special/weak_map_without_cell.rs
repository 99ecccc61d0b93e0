// A map in an object is changed through a cell.
use gc::{Gc, Heap, WeakMap};

fn main() {
    Heap::new().mutate(|mc| {
        let map = Gc::new(mc, WeakMap::new());
        map.insert(mc, Gc::new(mc, 1), "one");
    });
}
