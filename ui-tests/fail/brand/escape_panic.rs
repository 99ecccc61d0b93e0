// A panic leaves the mutation, so its payload cannot be a `Gc`.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| std::panic::panic_any(Gc::new(mc, 1_u32)));
}
