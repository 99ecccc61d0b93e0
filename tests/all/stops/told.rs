//! The hook for cycles.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

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

#[test]
fn the_next_cycle_waits_for_the_hook() {
    let ((told, hears), (go_on, may_go_on)) = (channel(), channel());
    let may_go_on = Mutex::new(may_go_on);
    let hook = move |cycle: &gc::CycleStats| {
        told.send((cycle.number, "began")).unwrap();
        if cycle.number == 1 {
            may_go_on.lock().unwrap().recv().unwrap();
        }
        told.send((cycle.number, "ended")).unwrap();
    };
    let heap = Heap::builder().automatic(false).on_cycle(hook).build();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| heap.collect());
        let began = hears.recv();
        heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
        let second = heap.collect_timeout(Duration::from_millis(50));
        go_on.send(()).unwrap();
        first.join().unwrap().unwrap();
        assert_eq!(began, Ok((1, "began")));
        assert!(matches!(second, Err(CollectError::TimedOut { .. })), "{second:?}");
    });
    // It shares the cycle that was waited for in vain, or one more follows.
    heap.collect().unwrap();
    let order: Vec<_> = hears.try_iter().collect();
    let expected = [(1, "ended"), (2, "began"), (2, "ended"), (3, "began"), (3, "ended")];
    assert!(order.len() >= 3 && order == expected[..order.len()], "{order:?}");
}

/// A cache in the heap that is emptied whenever a cycle finds that much lives.
#[test]
fn a_cache_shrinks_as_the_heap_grows() {
    type Cache = Root<GcRefCell<Vec<Gc<'static, [u64; 32]>>>>;
    const MUCH: u64 = 1 << 20;

    let cache: Arc<OnceLock<(WeakHeap, Cache)>> = Arc::default();
    let (emptied, cycles) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let hook = {
        let (cache, emptied, cycles) = (Arc::clone(&cache), Arc::clone(&emptied), Arc::clone(&cycles));
        move |cycle: &gc::CycleStats| {
            cycles.lock().unwrap().push((cycle.live_bytes, cycle.live_bytes + cycle.owned_bytes));
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
    // A cycle is due when as much was allocated as the last one has found, as the heap was told, and a mutation waits for it
    // when that is exceeded by a quarter. The first one finds what fits into the smallest heap.
    let mut last = (0, 256 << 10);
    for &found in cycles.lock().unwrap().iter() {
        let left = if last.0 > MUCH { 0 } else { last.0 };
        assert!(found.0 <= left + last.1.max(256 << 10) * 5 / 4 + (64 << 10), "{cycles:?}");
        last = found;
    }
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
