// A lock is given up by the thread that took it.
use gc::{Gc, GcRwLock, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let cell = Gc::new(mc, GcRwLock::new(1_u32));
        let guard = cell.write(mc);
        std::thread::scope(|scope| {
            scope.spawn(move || drop(guard));
        });
    });
}
