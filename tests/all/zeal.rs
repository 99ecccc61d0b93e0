//! The zeal build notices what no safe program can do, and collects when it is said to.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gc::{Gc, Heap, Mutation, Trace};
use tests::in_slices;

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

#[derive(Trace)]
struct Link<'gc>(Option<Gc<'gc, Link<'gc>>>);

#[test]
fn a_cycle_takes_one_safepoint_or_in_slices_several() {
    const SAFEPOINTS: u64 = 40;
    let heap = Heap::new();
    let list = |mc: &Mutation<'_>| {
        mc.root((0..1000).fold(Gc::new(mc, Link(None)), |next, _| Gc::new(mc, Link(Some(next)))))
    };
    let kept = heap.mutate(list);
    let before = heap.stats().cycles;
    (0..SAFEPOINTS).for_each(|_| heap.mutate(|_| ()));
    let cycles = heap.stats().cycles - before;
    assert_eq!(cycles < SAFEPOINTS / 2, in_slices(), "{cycles} cycles at {SAFEPOINTS} safepoints");
    drop(kept);
}
