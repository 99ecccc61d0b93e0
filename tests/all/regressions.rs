//! Faults that were found, each as small as it could be made.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gc::{Gc, Heap, Root, Trace, WeakHeap};

/// Counts its drops; with a heap it makes another one of its kind when dropped.
#[derive(Trace)]
struct Phoenix {
    drops: Arc<AtomicU32>,
    heap: Option<WeakHeap>,
}

impl Drop for Phoenix {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
        if let Some(heap) = self.heap.take().and_then(|heap| heap.upgrade()) {
            let next = Self { drops: Arc::clone(&self.drops), heap: None };
            heap.mutate(|mc| _ = Gc::new(mc, next));
        }
    }
}

/// The destructor claims the very bitmap word in which its object waits for burial.
#[test]
fn a_destructor_may_allocate_in_its_own_class() {
    let (heap, drops) = (Heap::new(), Arc::default());
    heap.mutate(|mc| {
        for _ in 0..3 {
            Gc::new(mc, Phoenix { drops: Arc::clone(&drops), heap: Some(heap.downgrade()) });
        }
    });
    heap.collect().unwrap();
    assert_eq!(drops.load(Ordering::Relaxed), 3);
    for _ in 0..3 {
        heap.collect().unwrap();
        assert_eq!(drops.load(Ordering::Relaxed), 6, "three and what they made, once each");
        heap.verify();
    }
    assert_eq!(heap.stats().bytes_in_use, 0);
}

/// Elements that are more aligned than the number of elements in front of them.
#[derive(Trace)]
#[repr(align(64))]
struct Wide<'gc>(Option<Gc<'gc, u64>>);

/// An empty slice has an address, too, which has to lie in its own slot.
#[test]
fn an_empty_slice_of_aligned_elements_keeps_its_own_slot() {
    let heap = Heap::new();
    let empty = |mc: &gc::Mutation<'_>| mc.root(Gc::from_iter(mc, std::iter::empty::<Wide<'_>>()));
    let first: Root<[Wide<'static>]> = heap.mutate(|mc| empty(mc));
    assert_eq!(heap.collect().unwrap().live_objects, 1);
    let second = heap.mutate(|mc| empty(mc));
    heap.mutate(|mc| assert!(!Gc::ptr_eq(first.get(mc), second.get(mc)), "the slot is taken"));
    assert_eq!(heap.collect().unwrap().live_objects, 2);
    heap.mutate(|mc| assert!(first.get(mc).iter().all(|wide| wide.0.is_none())));
}
