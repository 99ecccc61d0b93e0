// A growing vector takes memory of the heap that it is of.
use gc::{Gc, GcVec, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|mc_a| {
        b.mutate(|mc_b| {
            let mut vec = GcVec::from_iter(mc_a, [Gc::new(mc_a, 1)]);
            vec.push(mc_b, Gc::new(mc_a, 2));
        })
    });
}
