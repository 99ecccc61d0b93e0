// A scoped thread may read objects, but the mutation is of the thread that entered: no other can allocate
// with it.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        std::thread::scope(|scope| {
            scope.spawn(|| Gc::new(mc, 1_u32));
        });
    });
}
