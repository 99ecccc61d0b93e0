//! Callbacks on foreign threads, while the heap collects by itself: a root goes through C as a word.

use core::ffi::c_void;
use core::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use examples::foreign_threads::sampler::{Source, sampler_join, sampler_start};
use gc::{Gc, GcCell, Heap, Pinned, Root, Trace};
use tests::canary::{Canary, Ledger};
use tests::rounds;
use tests::shapes;
use tests::watchdog::watched;

use super::library::{END_IN_THREAD, END_WITH_THREAD, run};

const THREADS: usize = 64;
const BYTES: usize = 32;
/// Canaries that a callback makes: a ring that is garbage at once, and one that lives until the next callback.
const RING: usize = 3;

/// What a thread of the library works on.
#[derive(Trace)]
struct Work<'gc> {
    canary: Canary,
    buffer: Gc<'gc, [AtomicU8]>,
    latest: GcCell<Option<Gc<'gc, Canary>>>,
}

/// What C is given a pointer to. A root does not know its heap.
struct User {
    heap: Heap,
    ledger: Arc<Ledger>,
    work: NonNull<c_void>,
    calls: Arc<AtomicUsize>,
}

unsafe extern "C" fn on_filled(user: *mut c_void, round: usize) {
    // SAFETY: a `User` that `on_end` has not taken back; it is shared with nobody who writes.
    let user = unsafe { &*user.cast::<User>() };
    // SAFETY: made by `into_raw`; `on_end` takes it back, and is called last.
    let work = unsafe { Root::<Work<'static>>::borrow_raw(user.work) };
    user.heap.mutate(|mc| {
        let work = work.get(mc);
        work.canary.id();
        // What C has written.
        let expected = |at: usize| u8::try_from((round + at) % 256).expect("a byte");
        assert!((0..BYTES).all(|at| work.buffer[at].load(Ordering::Relaxed) == expected(at)));
        shapes::ring(mc, &user.ledger, RING);
        let before = work.latest.replace(mc, Some(Gc::new(mc, user.ledger.canary())));
        before.map(|canary| canary.id());
    });
    user.calls.fetch_add(1, Ordering::Relaxed);
}

unsafe extern "C" fn on_end(user: *mut c_void) {
    // SAFETY: made by `Box::into_raw`, and C calls this once.
    let user = unsafe { Box::from_raw(user.cast::<User>()) };
    // SAFETY: made by `into_raw` of a root of this type.
    drop(unsafe { Root::<Work<'static>>::from_raw(user.work) });
}

/// Runs the callbacks; a panic in one ends the process, as C cannot be unwound.
fn record(heap: &Heap, ledger: &Arc<Ledger>, n_rounds: usize) -> usize {
    let calls: Arc<AtomicUsize> = Arc::default();
    let prepare = |_| {
        let (work, buffer): (Root<Work<'static>>, Pinned<[AtomicU8]>) = heap.mutate(|mc| {
            let buffer = Gc::from_iter(mc, (0..BYTES).map(|_| AtomicU8::new(0)));
            let work = Work { canary: ledger.canary(), buffer, latest: GcCell::new(None) };
            (mc.root(Gc::new(mc, work)), mc.pin(buffer))
        });
        let user = Box::new(User {
            heap: heap.clone(),
            ledger: Arc::clone(ledger),
            work: work.into_raw(),
            calls: Arc::clone(&calls),
        });
        let bytes = buffer.as_ptr().cast_mut().cast();
        (Source { user: Box::into_raw(user).cast(), buffer: bytes, n_bytes: BYTES }, buffer)
    };
    let (sources, _pinned): (Vec<_>, Vec<_>) = (0..THREADS).map(prepare).unzip();
    // SAFETY: the buffers are pinned until the threads have ended, and made of atomics; users may be sent.
    let sampler =
        unsafe { sampler_start(sources.as_ptr(), THREADS, n_rounds, on_filled, on_end, END_IN_THREAD) };
    // SAFETY: made above, and used once.
    unsafe { sampler_join(sampler.expect("threads can be started")) };
    calls.load(Ordering::Relaxed)
}

#[test]
fn ten_thousand_callbacks_leave_nothing() {
    watched("callbacks on foreign threads", || {
        let n_rounds = rounds(10_048).div_ceil(THREADS);
        let n_calls = n_rounds * THREADS;
        let heap = Heap::builder().min_heap_bytes(64 << 10).build();
        let ledger = Ledger::new(2 * (THREADS + n_calls * (RING + 1)));
        // The second time is as the first: nothing is left that threads of the first have had.
        let mut reserved = [0; 2];
        for reserved in &mut reserved {
            assert_eq!(record(&heap, &ledger, n_rounds), n_calls);
            heap.collect().unwrap();
            heap.wait_for_pending().unwrap();
            let stats = heap.stats();
            assert!(stats.cycles_automatic > 0, "{stats:?}");
            assert_eq!((stats.objects(), stats.roots, stats.pins, stats.bytes_in_use), (0, 0, 0, 0));
            assert_eq!(stats.attached_threads, 1, "this one");
            ledger.assert_all_dropped();
            *reserved = stats.bytes_reserved;
        }
        assert_eq!(reserved[0], reserved[1]);
        assert_eq!(ledger.made(), 2 * (THREADS + n_calls * (RING + 1)));
        heap.verify();
    });
}

/// A heap may end with the last of the threads that hold it, and a panic of a callback that is caught ends a mutation.
#[test]
fn the_last_handles_are_those_of_foreign_threads() {
    watched("foreign threads end a heap", || {
        for end in [END_IN_THREAD, END_WITH_THREAD] {
            let ledger = Ledger::new(8 * (20 * 5 + 1));
            let heap = Heap::builder().min_heap_bytes(16 << 10).build();
            run(8, 20, end, |_| {
                let (heap, ledger) = (heap.downgrade().upgrade().expect("open"), Arc::clone(&ledger));
                let kept: Root<Canary> = heap.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
                let own = heap.clone();
                let round = move |_| {
                    let message = tests::panic_of(|| {
                        tests::quietly(true, || {
                            own.mutate(|mc| {
                                shapes::ring(mc, &ledger, 5);
                                panic!("on purpose")
                            })
                        })
                    });
                    assert_eq!(message, "on purpose");
                };
                (round, move || drop((heap, kept)))
            });
            drop(heap);
            ledger.assert_all_dropped();
        }
    });
}
