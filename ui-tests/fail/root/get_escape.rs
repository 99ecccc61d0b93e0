// What a root gives has the brand of the mutation.
use gc::{Heap, Root};

fn get(heap: &Heap, root: &Root<u64>) -> u64 {
    *heap.mutate(|mc| root.get(mc))
}

fn main() {}
