// An ephemeron is made as an object; nobody has one by value.
use gc::{Ephemeron, Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let key = Gc::new(mc, 1);
        let pair = Ephemeron { key: Gc::downgrade(key, mc), value: 2 };
        Gc::new(mc, pair);
    });
}
