// A mutator is one thread.
use gc::Heap;

fn share<T: Sync>(_: &T) {}

fn main() {
    share(&Heap::new().attach());
}
