// A guard of an inner mutation does not outlive it, though the pointer is of the outer one.
use gc::{Gc, GcRwLock, Heap};

fn main() {
    let heap = Heap::new();
    heap.mutate(|outer| {
        let lock = Gc::new(outer, GcRwLock::new(1_u32));
        let guard = heap.mutate(|inner| lock.write(inner));
        drop(guard);
    });
}
