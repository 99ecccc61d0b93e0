// A cache lives in mutations and in objects; outside there is a root of it.
use gc::{Cache, Gc, Heap};

fn main() {
    let heap = Heap::new();
    let mut cache = Cache::new(100);
    heap.mutate(|mc| cache.insert(mc, 1, Gc::new(mc, 1), 1).is_some());
    heap.mutate(|mc| cache.get(mc, &1).is_some());
}
