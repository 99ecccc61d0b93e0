//! Heaps with a limit.

use gc::{Gc, Heap};

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
