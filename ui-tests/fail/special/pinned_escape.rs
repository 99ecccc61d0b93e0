// What a pin gives has the brand of the mutation.
use gc::{Gc, Heap, Pinned};

fn get<'p>(heap: &Heap, pinned: &'p Pinned<u64>) -> Gc<'p, u64> {
    heap.mutate(|mc| pinned.get(mc))
}

fn main() {}
