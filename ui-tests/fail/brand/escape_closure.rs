// A closure that has captured a `Gc` is returned from the mutation.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let read = heap.mutate(|mc| {
        let number = Gc::new(mc, 1_u32);
        move || *number
    });
    read();
}
