// A reference into an object is returned from the mutation: after it the object may be freed.
use gc::{Gc, Heap, Root};

fn main() {
    let heap = Heap::new();
    let root: Root<u32> = heap.mutate(|mc| mc.root(Gc::new(mc, 1_u32)));
    let number: &u32 = heap.mutate(|mc| Gc::as_ref(root.get(mc)));
    println!("{number}");
}
