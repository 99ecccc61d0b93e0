//! The zeal build notices what no safe program can do.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gc::{Gc, Heap};

/// A dead object is written to, which is found when its slot is taken again.
#[test]
fn writes_to_dead_objects_are_found() {
    let heap = Heap::new();
    let (dead, _alive) = heap.mutate(|mc| {
        let dead = Gc::as_ptr(Gc::new(mc, [1_u64; 3])).cast_mut();
        (dead, mc.root(Gc::new(mc, [2_u64; 3])))
    });
    heap.collect().unwrap();
    // SAFETY: there is none: the object is dead. The memory is still the heap's, and no other object's.
    unsafe { dead.cast::<u64>().write_volatile(3) };
    let reused = catch_unwind(AssertUnwindSafe(|| heap.mutate(|mc| _ = Gc::new(mc, [4_u64; 3]))));
    let message = *reused.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("was written to"), "{message}");
}
