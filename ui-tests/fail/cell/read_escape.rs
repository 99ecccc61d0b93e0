// A guard does not outlive its mutation: the collector looks at the contents afterwards.
use gc::{Gc, GcRwLock, Heap, Root};

fn main() {
    let heap = Heap::new();
    let root: Root<GcRwLock<u32>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(1_u32))));
    let guard = heap.mutate(|mc| Gc::as_ref(root.get(mc)).read(mc));
    drop(guard);
}
