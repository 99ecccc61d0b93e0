// An interner makes objects of its own heap.
use gc::{Gc, Heap, Interner};

fn main() {
    Heap::new().mutate(|mc| {
        let words = Gc::new(mc, Interner::<str>::new());
        Heap::new().mutate(|other| words.intern(other, "word").len());
    });
}
