// `Static` says that there is no `Gc` inside.
use gc::{Gc, Heap, Static};

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, Static(Gc::new(mc, 1_u8)));
    });
}
