// A cell is written with the mutation, which threads cannot share.
use gc::{Gc, GcCell, Heap};

fn in_parallel(f: impl Fn() + Sync) {
    f();
}

fn main() {
    Heap::new().mutate(|mc| {
        let cell = Gc::new(mc, GcCell::new(0_u64));
        in_parallel(|| cell.set(mc, 1));
    });
}
