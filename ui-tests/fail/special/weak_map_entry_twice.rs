// An entry has the map for itself.
use gc::{Gc, Heap, WeakMap};

fn main() {
    Heap::new().mutate(|mc| {
        let (mut map, key) = (WeakMap::new(), Gc::new(mc, 1));
        let entry = map.entry(mc, key);
        map.insert(mc, key, 2);
        entry.or_insert(3);
    });
}
