// A thread that nobody waits for would be inside a mutation that has ended.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let seed = mc.fork();
        std::thread::spawn(move || seed.enter(|mc| *Gc::new(mc, 1_u64)));
    });
}
