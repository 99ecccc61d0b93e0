//! What a panic has kept from being made is nothing: it counts as no object and no garbage, and takes no room.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gc::{Gc, GcOnce, Heap, Root, Trace};

/// A panic that is told to nobody but who catches it.
fn give_up() -> ! {
    resume_unwind(Box::new("on purpose"))
}

#[track_caller]
fn gives_up<R>(run: impl FnOnce() -> R) {
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err(), "it gave up");
}

/// An element without drop glue, whose clone gives up when its turn comes, and may use the heap before.
#[derive(Trace)]
struct Picky<const BYTES: usize> {
    #[trace(static)]
    calls: &'static Calls,
    filler: [u8; BYTES],
}

#[derive(Default)]
struct Calls {
    left: AtomicUsize,
    before: std::sync::OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl<const BYTES: usize> Clone for Picky<BYTES> {
    fn clone(&self) -> Self {
        if let Some(before) = self.calls.before.get() {
            before();
        }
        if self.calls.left.fetch_sub(1, Ordering::Relaxed) == 0 {
            give_up();
        }
        Self { calls: self.calls, filler: self.filler }
    }
}

fn picky<const BYTES: usize>(n: usize, calls: &'static Calls) -> Vec<Picky<BYTES>> {
    (0..n).map(|_| Picky { calls, filler: [7; BYTES] }).collect()
}

/// Nothing was made, as far as anybody can tell.
#[track_caller]
fn is_untouched(heap: &Heap) {
    assert_eq!(heap.stats().objects_allocated, 0);
    assert_eq!(heap.stats().bytes_allocated, 0);
    assert_eq!(heap.collect().unwrap().dead_objects, 0);
    heap.verify();
    assert_eq!((heap.stats().objects(), heap.stats().bytes()), (0, 0));
}

fn no_slice<const BYTES: usize>(n: usize) {
    let calls: &Calls = Box::leak(Box::default());
    let heap = Heap::new();
    for index in [0, 1, n - 1] {
        calls.left.store(index, Ordering::Relaxed);
        gives_up(|| heap.mutate(|mc| Gc::from_slice(mc, &picky::<BYTES>(n, calls)).len()));
        is_untouched(&heap);
        assert_eq!(heap.stats().bytes_in_use, 0, "the pages are free again");
    }
    calls.left.store(usize::MAX, Ordering::Relaxed);
    let root: Root<[Picky<BYTES>]> = heap.mutate(|mc| mc.root(Gc::from_slice(mc, &picky::<BYTES>(n, calls))));
    assert_eq!((heap.stats().objects_allocated, heap.collect().unwrap().live_objects), (1, 1));
    heap.mutate(|mc| assert!(root.get(mc).iter().all(|picky| picky.filler == [7; BYTES])));
}

#[test]
fn by_a_clone_in_slices_of_every_kind() {
    no_slice::<8>(2);
    no_slice::<56>(20);
    no_slice::<4088>(100);
    // An arena of its own.
    no_slice::<4088>(17 << 10);
}

/// The slots that the thread has claimed are used up meanwhile, by objects that live.
#[test]
fn by_a_clone_that_allocates() {
    let heap = Heap::builder().automatic(false).build();
    let calls: &Calls = Box::leak(Box::default());
    let made: Arc<std::sync::Mutex<Vec<Root<[u64]>>>> = Arc::default();
    let before = {
        let (heap, made) = (heap.clone(), Arc::clone(&made));
        move || {
            for n in 0..100_u64 {
                made.lock().unwrap().push(heap.mutate(|mc| mc.root(Gc::from_slice(mc, &[n; 4]))));
            }
        }
    };
    assert!(calls.before.set(Box::new(before)).is_ok());
    for index in 0..2 {
        calls.left.store(index, Ordering::Relaxed);
        gives_up(|| heap.mutate(|mc| Gc::from_slice(mc, &picky::<8>(2, calls)).len()));
    }
    let made = std::mem::take(&mut *made.lock().unwrap());
    assert_eq!((made.len(), heap.stats().objects_allocated), (300, 300));
    let stats = heap.collect().unwrap();
    assert_eq!((stats.live_objects, stats.dead_objects), (300, 0));
    heap.verify();
    heap.mutate(|mc| {
        made.iter().enumerate().for_each(|(n, root)| assert_eq!(*root.get(mc), [n as u64 % 100; 4]))
    });
}

/// Within one mutation, where nothing is collected, so that the room runs out if it is not given back.
#[test]
fn as_often_as_one_likes() {
    let heap = Heap::builder().limit_bytes(1 << 20).build();
    let calls: &Calls = Box::leak(Box::default());
    heap.mutate(|mc| {
        for _ in 0..1000 {
            calls.left.store(1, Ordering::Relaxed);
            gives_up(|| Gc::from_slice(mc, &picky::<1000>(4, calls)).len());
            calls.left.store(1, Ordering::Relaxed);
            gives_up(|| Gc::from_slice(mc, &picky::<1000>(100, calls)).len());
        }
        Gc::new(mc, [0_u64; 4]);
    });
    assert_eq!(heap.stats().objects_allocated, 1);
}

#[test]
fn by_an_iterator_or_a_closure() {
    let heap = Heap::new();
    gives_up(|| {
        heap.mutate(|mc| Gc::from_iter(mc, (0..9_u64).map(|n| if n == 5 { give_up() } else { n })).len())
    });
    is_untouched(&heap);
    gives_up(|| heap.mutate(|mc| *Gc::new(mc, [0_u64; 4].map(|n| if n == 0 { give_up() } else { n }))));
    is_untouched(&heap);
    heap.mutate(|mc| {
        let once = Gc::new(mc, GcOnce::<u64>::new());
        gives_up(|| *once.get_or_init(mc, || give_up()));
        assert_eq!(*once.get_or_init(mc, || 1), 1);
    });
    assert_eq!(heap.stats().objects_allocated, 1);
}
