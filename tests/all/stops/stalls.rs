//! The hook that is told of threads that keep a collection waiting.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use gc::{CollectError, Gc, Heap, Stall, WeakHeap};

use super::{lively, until};

/// Collects while a thread is inside until the hook was called so many times.
fn stall(heap: &Heap, calls: &AtomicU64, times: u64) {
    let (inside, entered) = channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            heap.mutate(|_| {
                inside.send(()).unwrap();
                until("the hook is called", || calls.load(Ordering::Relaxed) >= times);
            });
        });
        entered.recv().unwrap();
        heap.collect().unwrap();
    });
}

/// A heap with a hook that counts its calls and then does what it is told to.
fn heap_with(hook: impl Fn(&Stall) + Send + Sync + 'static) -> (Heap, Arc<AtomicU64>) {
    let calls = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&calls);
    let hook = move |stall: &Stall| {
        counted.fetch_add(1, Ordering::Relaxed);
        hook(stall);
    };
    (tests::on_request().name("stalls").on_stall(hook).build(), calls)
}

/// Panics again when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new("from a payload"));
    }
}

#[test]
fn a_hook_that_panics_stops_nothing() {
    lively("a hook that panics", || {
        let (heap, calls) = heap_with(|_| std::panic::resume_unwind(Box::new(Payload)));
        for round in 1..3 {
            stall(&heap, &calls, 2 * round);
            assert_eq!(heap.stats().cycles, round);
        }
        assert_eq!(heap.stats().pauses.failed_attempts, calls.load(Ordering::Relaxed));
    });
}

/// The hook runs where it is no danger to anybody: the gate is open, and no lock is held.
#[test]
fn a_hook_may_use_the_heap() {
    lively("a hook that uses the heap", || {
        let weak: Arc<Mutex<Option<WeakHeap>>> = Arc::default();
        let (of_hook, (send, outcomes)) = (Arc::clone(&weak), channel());
        let (heap, calls) = heap_with(move |stall| {
            let heap = of_hook.lock().unwrap().as_ref().and_then(WeakHeap::upgrade).expect("open");
            assert_eq!(heap.mutate(|mc| *Gc::new(mc, 7_u64)), 7);
            assert!(stall.heap.contains("stalls"));
            send.send(heap.stats().pauses.failed_attempts).unwrap();
        });
        *weak.lock().unwrap() = Some(heap.downgrade());
        stall(&heap, &calls, 2);
        assert_eq!(outcomes.iter().take(2).collect::<Vec<_>>(), [1, 2]);
    });
}

/// It would wait for the very thread that it runs on.
#[test]
fn a_hook_that_collects_is_refused() {
    lively("a hook that collects", || {
        let weak: Arc<Mutex<Option<WeakHeap>>> = Arc::default();
        let (of_hook, (send, outcomes)) = (Arc::clone(&weak), channel());
        let (heap, calls) = heap_with(move |_| {
            let heap = of_hook.lock().unwrap().as_ref().and_then(WeakHeap::upgrade).expect("open");
            send.send(heap.collect()).unwrap();
        });
        *weak.lock().unwrap() = Some(heap.downgrade());
        stall(&heap, &calls, 1);
        let outcome = outcomes.recv().unwrap();
        assert_eq!(outcome, Err(CollectError::InsideHook));
        assert!(CollectError::InsideHook.to_string().contains("hook"));
    });
}
