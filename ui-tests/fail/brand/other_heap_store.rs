// A `Gc` of one heap is stored in another heap, whose collector would not know its object.
use gc::{Gc, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|of_a| {
        b.mutate(|of_b| {
            let number = Gc::new(of_a, 1_u32);
            Gc::new(of_b, Some(number));
        });
    });
}
