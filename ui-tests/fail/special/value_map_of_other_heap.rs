// The objects of a map are of its heap.
use gc::{Gc, Heap, WeakValueMap};

fn main() {
    Heap::new().mutate(|mc| {
        let mut map = WeakValueMap::new();
        map.insert(mc, "one", Gc::new(mc, 1));
        Heap::new().mutate(|other| {
            map.insert(mc, "two", Gc::new(other, 2));
        });
    });
}
