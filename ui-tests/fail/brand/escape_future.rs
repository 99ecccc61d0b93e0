// A future that has captured a `Gc` is returned from the mutation.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let future = heap.mutate(|mc| {
        let number = Gc::new(mc, 1_u32);
        async move { *number }
    });
    drop(future);
}
