// A borrow belongs to its thread, also by reference.
use gc::{Gc, GcRefCell, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u32));
        let number = cell.borrow(mc);
        std::thread::scope(|scope| {
            scope.spawn(|| println!("{}", *number));
        });
    });
}
