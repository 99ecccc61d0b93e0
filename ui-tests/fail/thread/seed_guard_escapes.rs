// A borrow ends before the thread leaves: later another one may borrow.
use gc::{Gc, GcRefCell, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u64));
        let seed = mc.fork();
        let guard = seed.enter(|mc| Gc::as_ref(cell).borrow_mut(mc));
        drop(guard);
    });
}
