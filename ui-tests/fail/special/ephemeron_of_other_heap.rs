// Key and value are of one heap.
use gc::{Ephemeron, Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let key = Gc::new(mc, 1);
        Heap::new().mutate(|other| {
            Ephemeron::new(other, key, 2);
        });
    });
}
