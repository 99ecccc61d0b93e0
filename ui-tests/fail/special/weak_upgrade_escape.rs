// What a weak root gives has the brand of the mutation.
use gc::{Heap, WeakRoot};

fn get(heap: &Heap, weak: &WeakRoot<String>) -> Option<&'static str> {
    heap.mutate(|mc| weak.get(mc).map(|gc| gc.as_str()))
}

fn main() {}
