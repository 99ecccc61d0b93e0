// A scope that was opened outside of the mutation may run its threads after it.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    std::thread::scope(|scope| {
        heap.mutate(|mc| {
            let number = Gc::new(mc, 1_u32);
            scope.spawn(move || *number);
        });
    });
}
