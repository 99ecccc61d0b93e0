// `&'static Gc` would hide an edge: a reference that lives for ever holds no brand.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let leaked = Box::leak(Box::new(Gc::new(mc, 4_i32)));
        let edge: &Gc<'_, i32> = leaked;
        Gc::new(mc, edge);
    });
}
