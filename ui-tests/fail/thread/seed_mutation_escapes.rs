// A mutation that a seed opens ends with the closure.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let seed = mc.fork();
        let escaped = seed.enter(|mc| mc);
        Gc::new(escaped, 1_u64);
    });
}
