// An exclusive borrow belongs to the thread that borrowed.
use gc::{Gc, GcRefCell, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u32));
        let guard = cell.borrow_mut(mc);
        std::thread::scope(|scope| {
            scope.spawn(move || drop(guard));
        });
    });
}
