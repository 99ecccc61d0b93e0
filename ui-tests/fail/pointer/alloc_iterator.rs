// An iterator of std is not known to the collector.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, vec![Gc::new(mc, 1_u8)].into_iter());
    });
}
