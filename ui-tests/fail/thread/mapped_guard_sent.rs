// A guard of a part stays on its thread as that of the whole does.
use gc::{Gc, GcRefCell, Heap, RefMut};

fn main() {
    Heap::new().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new((1_u32, 2_u32)));
        let guard = RefMut::map(cell.borrow_mut(mc), |pair| &mut pair.0);
        std::thread::scope(|scope| {
            scope.spawn(move || drop(guard));
        });
    });
}
