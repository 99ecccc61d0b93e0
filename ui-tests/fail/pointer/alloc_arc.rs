// An `Arc` is not looked into, so no `Gc` can be stored in one.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, std::sync::Arc::new(Gc::new(mc, 1_u8)));
    });
}
