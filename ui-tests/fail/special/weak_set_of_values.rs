// A weak set holds objects, not values.
use gc::{Heap, WeakSet};

fn main() {
    Heap::new().mutate(|mc| {
        let mut set = WeakSet::new();
        set.insert(mc, 7);
    });
}
