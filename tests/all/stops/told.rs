//! The hook for cycles.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, OnceLock};

use gc::{CollectError, Gc, GcRefCell, Heap, Root, WeakHeap};
use tests::{quietly, rounds};

#[test]
fn each_cycle_is_told_before_collect_returns() {
    let (send, told) = channel();
    let hook = move |cycle: &gc::CycleStats| send.send((cycle.live_objects, cycle.live_bytes)).unwrap();
    let heap = Heap::builder().automatic(false).on_cycle(hook).build();
    for n in 1..20 {
        let kept: Root<[u64; 4]> = heap.mutate(|mc| mc.root(Gc::new(mc, [n; 4])));
        let cycle = heap.collect().unwrap();
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [(cycle.live_objects, cycle.live_bytes)]);
        assert_eq!(heap.stats().cycles, n);
        drop(kept);
    }
}

/// A cache in the heap that is emptied whenever a cycle finds that much lives.
#[test]
fn a_cache_shrinks_as_the_heap_grows() {
    type Cache = Root<GcRefCell<Vec<Gc<'static, [u64; 32]>>>>;
    const MUCH: u64 = 1 << 20;

    let cache: Arc<OnceLock<(WeakHeap, Cache)>> = Arc::default();
    let (emptied, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let hook = {
        let (cache, emptied, highest) = (Arc::clone(&cache), Arc::clone(&emptied), Arc::clone(&highest));
        move |cycle: &gc::CycleStats| {
            highest.fetch_max(cycle.live_bytes, Ordering::Relaxed);
            let Some((heap, cache)) = cache.get().filter(|_| cycle.live_bytes > MUCH) else { return };
            let Some(heap) = heap.upgrade() else { return };
            heap.mutate(|mc| cache.get(mc).borrow_mut(mc).clear());
            emptied.fetch_add(1, Ordering::Relaxed);
        }
    };
    let heap = Heap::builder().min_heap_bytes(256 << 10).growth_percent(100).on_cycle(hook).build();
    let root: Cache = heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(Vec::<Gc<'_, [u64; 32]>>::new()))));
    assert!(cache.set((heap.downgrade(), root.clone())).is_ok());
    for n in 0..rounds(1000) as u64 {
        heap.mutate(|mc| {
            let cache = root.get(mc);
            (0..100).for_each(|_| cache.borrow_mut(mc).push(Gc::new(mc, [n; 32])));
        });
    }
    heap.collect().unwrap();
    // In the zeal build too little is made.
    assert!(cfg!(gc_zeal) || emptied.load(Ordering::Relaxed) > 2);
    // A cycle is due at twice what the last one has found, as the heap was told.
    assert!(highest.load(Ordering::Relaxed) < 3 * MUCH, "{highest:?}");
    heap.verify();
}

#[test]
fn a_hook_that_collects_or_panics_harms_nothing() {
    let weak: Arc<Mutex<Option<WeakHeap>>> = Arc::default();
    let (of_hook, (send, outcomes)) = (Arc::clone(&weak), channel());
    let hook = move |_: &gc::CycleStats| {
        if let Some(heap) = of_hook.lock().unwrap().as_ref().and_then(WeakHeap::upgrade) {
            send.send(heap.collect()).unwrap();
        }
        quietly(true, || panic!("in a hook"));
    };
    let heap = Heap::builder().automatic(false).on_cycle(hook).build();
    *weak.lock().unwrap() = Some(heap.downgrade());
    for _ in 0..3 {
        heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
        assert_eq!(heap.collect().unwrap().dead_objects, 1);
        assert_eq!(outcomes.recv().unwrap(), Err(CollectError::InsideHook));
    }
}
