// A guard of an inner mutation does not outlive it, though the cell is of the outer one.
use gc::{Gc, GcRefCell, Heap};

fn main() {
    let heap = Heap::new();
    heap.mutate(|outer| {
        let cell = Gc::new(outer, GcRefCell::new(1_u32));
        let guard = heap.mutate(|inner| cell.borrow(inner));
        drop(guard);
    });
}
