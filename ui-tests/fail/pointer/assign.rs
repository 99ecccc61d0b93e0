// A `Gc` gives shared access: objects change through cells only.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let number = Gc::new(mc, 1_u32);
        *number = 2;
    });
}
