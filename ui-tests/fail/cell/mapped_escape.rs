// A guard of a part does not outlive its mutation either.
use gc::{Gc, GcRefCell, Heap, RefMut, Root};

fn main() {
    let heap = Heap::new();
    let root: Root<GcRefCell<(u32, u32)>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new((1_u32, 2_u32)))));
    let guard = heap.mutate(|mc| RefMut::map(root.get(mc).borrow_mut(mc), |pair| &mut pair.0));
    drop(guard);
}
