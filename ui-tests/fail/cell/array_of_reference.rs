// What is in an array may be borrowed as long as the guard, not longer.
use gc::{Gc, GcRefCell, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let array: Gc<'_, GcRefCell<[u64]>> = GcRefCell::from_fn(mc, 3, |_| 0);
        let first = &array.borrow(mc)[0];
        array.borrow_mut(mc)[0] = 1;
        println!("{first}");
    });
}
