// The keys of a map are of its heap.
use gc::{Gc, Heap, WeakMap};

fn main() {
    Heap::new().mutate(|mc| {
        let mut map = WeakMap::new();
        map.insert(mc, Gc::new(mc, 1), "one");
        Heap::new().mutate(|other| {
            map.get(Gc::new(other, 1));
        });
    });
}
