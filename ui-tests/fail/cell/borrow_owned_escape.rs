// A guard does not outlive its mutation, also where the cell does.
use gc::{GcRefCell, Heap};

fn main() {
    let heap = Heap::new();
    let cell = GcRefCell::new(1_u32);
    let guard = heap.mutate(|mc| cell.borrow_mut(mc));
    drop(guard);
}
