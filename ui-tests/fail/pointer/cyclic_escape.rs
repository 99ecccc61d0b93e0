// The place of a cyclic object has the brand of its mutation, too.
use gc::{Gc, Heap};

fn main() {
    let mut kept = None;
    Heap::new().mutate(|mc| {
        Gc::new_cyclic(mc, |place| {
            kept = Some(place);
            1_u8
        });
    });
}
