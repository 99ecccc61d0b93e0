// A map in an object is changed through a cell.
use gc::{Gc, Heap, WeakValueMap};

fn main() {
    Heap::new().mutate(|mc| {
        let map = Gc::new(mc, WeakValueMap::new());
        map.insert(mc, "one", Gc::new(mc, 1));
    });
}
