// Each mutation has a brand of its own, also a nested one of the same heap.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    heap.mutate(|outer| {
        heap.mutate(|inner| {
            let number = Gc::new(outer, 1_u32);
            Gc::new(inner, (1_u8, number));
        });
    });
}
