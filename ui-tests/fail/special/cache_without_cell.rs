// A look-up changes the order of use: a cache in an object is used through a cell.
use gc::{Cache, Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let cache = Gc::new(mc, Cache::<u32, u64>::new(100));
        cache.get(mc, &1);
    });
}
