// Whether the key is alive is asked in the heap of the key.
use gc::{Ephemeron, Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let pair = Ephemeron::new(mc, Gc::new(mc, 1), 2);
        Heap::new().mutate(|other| {
            pair.value(other);
        });
    });
}
