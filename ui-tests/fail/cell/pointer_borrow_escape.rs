// A guard that was borrowed through a pointer does not outlive the mutation, though it outlives the pointer.
use gc::{Gc, GcRefCell, Heap, Root};

fn main() {
    let heap = Heap::new();
    let root: Root<GcRefCell<u32>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(1_u32))));
    let guard = heap.mutate(|mc| root.get(mc).borrow_mut(mc));
    drop(guard);
}
