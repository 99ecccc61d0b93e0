// A mutation that a seed opens belongs to the thread that entered, as any other.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let seed = mc.fork();
        seed.enter(|mc| {
            std::thread::scope(|scope| {
                scope.spawn(|| *Gc::new(mc, 1_u64));
            });
        });
    });
}
