// A shared borrow counts without locked instructions, by the thread that borrowed.
use gc::{Gc, GcRefCell, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u32));
        let guard = cell.borrow(mc);
        std::thread::scope(|scope| {
            scope.spawn(move || drop(guard));
        });
    });
}
