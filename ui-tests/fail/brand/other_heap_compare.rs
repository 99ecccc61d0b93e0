// Two pointers of different brands are of different types, even to be compared.
use gc::{Gc, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|of_a| b.mutate(|of_b| Gc::ptr_eq(Gc::new(of_a, 1_u32), Gc::new(of_b, 1_u32))));
}
