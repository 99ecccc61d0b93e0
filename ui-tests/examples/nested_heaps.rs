//! Mutations of several heaps, and of one heap, inside of each other: each with objects of its own.
use gc::{Gc, Heap};

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    let kept = a.mutate(|of_a| {
        let number = Gc::new(of_a, 1_u32);
        let copied = b.mutate(|of_b| {
            // Contents may be read and copied across.
            let copy = Gc::new(of_b, *number);
            of_b.root(copy)
        });
        a.mutate(|again| assert_eq!(*number, *Gc::new(again, 1)));
        b.mutate(|of_b| Gc::new(of_a, *copied.get(of_b) + 1));
        copied
    });
    assert_eq!(b.mutate(|mc| *kept.get(mc)), 1);
}
