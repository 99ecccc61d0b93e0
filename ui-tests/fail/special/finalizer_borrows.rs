// A finalizer may run when what it borrows is gone.
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use gc::{Gc, Heap};

fn main() {
    let counter = AtomicU64::new(0);
    let heap = Heap::new();
    heap.mutate(|mc| {
        let _ = mc.set_finalizer(Gc::new(mc, 1_u8), |_| _ = counter.fetch_add(1, Relaxed));
    });
}
