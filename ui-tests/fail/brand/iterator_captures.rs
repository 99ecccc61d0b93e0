// An iterator that makes objects cannot keep them beyond the mutation.
use gc::{Gc, Heap};

fn main() {
    let mut kept = None;
    Heap::new().mutate(|mc| {
        let numbers = (0..3_u8).inspect(|_| kept = Some(Gc::new(mc, 0_u8)));
        Gc::from_iter(mc, numbers);
    });
    drop(kept);
}
