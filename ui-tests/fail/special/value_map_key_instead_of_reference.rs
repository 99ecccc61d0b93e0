// A key is looked up by reference.
use gc::{Gc, Heap, WeakValueMap};

fn main() {
    Heap::new().mutate(|mc| {
        let mut map = WeakValueMap::new();
        map.insert(mc, 1, Gc::new(mc, "one"));
        map.get(mc, 1);
    });
}
