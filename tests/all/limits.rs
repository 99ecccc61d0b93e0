//! Heaps with a limit.

use std::time::{Duration, Instant};

use gc::{Gc, Heap, Root, Trace};

#[test]
fn garbage_below_the_minimum_heap_is_collected_before_the_limit() {
    let heap = Heap::builder().limit_bytes(1 << 20).build();
    for _ in 0..2000 {
        heap.mutate(|mc| Gc::try_new(mc, [0_u8; 4000]).map(drop)).unwrap();
    }
    assert!(heap.stats().cycles_automatic > 0);
}

/// Each size of slice has pages of its own, so the pages run out before the bytes.
#[test]
fn after_a_failed_allocation_garbage_is_collected() {
    let heap = Heap::builder().limit_bytes(1 << 20).build();
    for i in 0..2000_usize {
        let slice = |len: usize| heap.mutate(|mc| Gc::try_from_iter(mc, (0..len).map(|_| 0_u64)).map(drop));
        let len = 1 << (i % 13);
        slice(len).or_else(|_| slice(len)).unwrap();
    }
}

/// A live heap beyond its soft limit: cycles free next to nothing. They take their share of the time, and no more.
#[test]
fn beyond_a_soft_limit_the_program_goes_on() {
    if cfg!(gc_zeal) {
        return; // cycles come at every safepoint
    }
    const LINKS: u64 = 200_000;
    let heap = Heap::builder().min_heap_bytes(0).soft_limit_bytes(1 << 20).build();
    let list: Root<Link<'static>> = heap.mutate(|mc| {
        let first = Gc::new(mc, Link { _next: None });
        mc.root((1..LINKS).fold(first, |next, _| Gc::new(mc, Link { _next: Some(next) })))
    });
    heap.collect().unwrap();
    let (before, start) = (heap.stats().pauses, Instant::now());
    while start.elapsed() < Duration::from_millis(300) {
        heap.mutate(|mc| (0..100_u64).for_each(|n| _ = Gc::new(mc, [n; 2])));
    }
    let (after, elapsed) = (heap.stats().pauses, start.elapsed());
    assert!(after.count > before.count, "cycles go on: {:?}", heap.stats());
    let paused = (after.total - before.total).as_secs_f64() / elapsed.as_secs_f64();
    assert!(paused < 0.7, "cycles took {paused} of the time");
    assert!(heap.stats().collector_share() > 0.0);
    drop(list);
}

#[derive(Trace)]
struct Link<'gc> {
    _next: Option<Gc<'gc, Link<'gc>>>,
}
