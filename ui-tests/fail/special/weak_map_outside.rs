// A map lives in mutations and in objects; outside there is a root of it.
use gc::{Gc, Heap, WeakMap};

fn main() {
    let heap = Heap::new();
    let mut map = WeakMap::new();
    heap.mutate(|mc| map.insert(mc, Gc::new(mc, 1), 2).is_some());
    heap.mutate(|mc| map.iter(mc).count());
}
