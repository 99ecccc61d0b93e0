// An iterator over the contents of an object is returned from the mutation.
use gc::{Gc, Heap, Root};

fn main() {
    let heap = Heap::new();
    let root: Root<Vec<u8>> = heap.mutate(|mc| mc.root(Gc::new(mc, vec![1_u8])));
    let numbers = heap.mutate(|mc| Gc::as_ref(root.get(mc)).iter());
    numbers.for_each(drop);
}
