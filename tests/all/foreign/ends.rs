//! What thread-locals of the program do with a heap while a foreign thread ends, before those of the heap are
//! destroyed, after them, and when all of Rust's are gone: what belongs to a thread of C is destroyed last.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gc::{Gc, Heap, Root};
use tests::canary::{Canary, Ledger};
use tests::shapes;
use tests::watchdog::watched;
use tests::{AtEnd, rounds};

use super::library::{END_IN_THREAD, END_WITH_THREAD, run};

thread_local! {
    /// Used before the thread is attached, and so destroyed after what the heap has.
    static BEFORE: AtEnd = AtEnd::default();
    /// Used after that, and so destroyed first.
    static AFTER: AtEnd = AtEnd::default();
}

/// What may be done while a thread ends.
type Act = Box<dyn FnOnce() + Send>;

fn mutates(heap: &Heap, ledger: &Arc<Ledger>) -> Act {
    let (heap, ledger) = (heap.clone(), Arc::clone(ledger));
    Box::new(move || {
        let ring: Root<shapes::Node<'static>> = heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 5)));
        heap.mutate(|mc| _ = Gc::new(mc, [0_u64; 100]));
        assert_eq!(heap.mutate(|mc| shapes::Shape::of_ring(ring.get(mc))), 5);
    })
}

fn collects(heap: &Heap, ledger: &Arc<Ledger>) -> Act {
    let (heap, ledger) = (heap.clone(), Arc::clone(ledger));
    Box::new(move || {
        heap.mutate(|mc| shapes::ring(mc, &ledger, 5).canary.id());
        heap.collect().unwrap();
    })
}

fn drops_roots(heap: &Heap, ledger: &Arc<Ledger>) -> Act {
    let roots: Vec<Root<Canary>> =
        (0..3).map(|_| heap.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())))).collect();
    Box::new(move || drop((roots[0].clone(), roots)))
}

/// The mutator is made there, used and dropped; that which a thread keeps is another test's matter.
fn drops_a_mutator(heap: &Heap, ledger: &Arc<Ledger>) -> Act {
    let (heap, ledger) = (heap.clone(), Arc::clone(ledger));
    Box::new(move || {
        let mut mutator = heap.attach();
        mutator.mutate(|mc| Gc::new(mc, ledger.canary()).id());
        drop(heap);
        mutator.mutate(|mc| Gc::new(mc, ledger.canary()).id());
        drop(mutator);
    })
}

/// A heap of its own, with objects that are alive.
fn drops_the_last_handle(_: &Heap, ledger: &Arc<Ledger>) -> Act {
    let own = Heap::builder().min_heap_bytes(4 << 10).build();
    let kept: Root<Canary> = own.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
    let ledger = Arc::clone(ledger);
    Box::new(move || {
        own.mutate(|mc| shapes::ring(mc, &ledger, 5).canary.id());
        drop(own);
        drop(kept);
    })
}

const ACTS: [fn(&Heap, &Arc<Ledger>) -> Act; 5] =
    [mutates, collects, drops_roots, drops_a_mutator, drops_the_last_handle];

/// Each with each of the others, so that what one leaves behind is what another finds.
#[test]
fn whatever_is_destroyed_first_while_a_foreign_thread_ends() {
    watched("the ends of foreign threads", || {
        let n = rounds(4).max(1);
        let (heap, ledger) = (Heap::builder().min_heap_bytes(4 << 10).build(), Ledger::new(n * 25 * 50));
        let ran = Arc::new(AtomicUsize::new(0));
        for _ in 0..n {
            run(25, 1, END_IN_THREAD, |thread| {
                let make = |act: usize| {
                    let (act, ran) = (ACTS[act](&heap, &ledger), Arc::clone(&ran));
                    move || {
                        act();
                        ran.fetch_add(1, Ordering::Relaxed);
                    }
                };
                let (mut before, mut after) = (Some(make(thread % 5)), Some(make(thread / 5)));
                let heap = heap.clone();
                let round = move |_| {
                    BEFORE.with(|at_end| at_end.set(before.take().expect("one round")));
                    heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
                    AFTER.with(|at_end| at_end.set(after.take().expect("one round")));
                };
                (round, || ())
            });
        }
        assert_eq!(ran.load(Ordering::Relaxed), n * 50);
        heap.collect().unwrap();
        heap.verify();
        assert_eq!(heap.stats().roots, 0);
        ledger.assert_all_dropped();
    });
}

/// A thread that uses a heap for the first time then is detached like any other.
#[test]
fn attached_when_all_thread_locals_are_gone() {
    watched("the first call is the last", || {
        let (heap, ledger) = (Heap::builder().min_heap_bytes(4 << 10).build(), Ledger::new(1000));
        heap.mutate(|_| ());
        for act in ACTS {
            run(5, 1, END_WITH_THREAD, |_| (|_| (), act(&heap, &ledger)));
            assert_eq!(heap.stats().attached_threads, 1, "this one");
        }
        heap.collect().unwrap();
        heap.verify();
        ledger.assert_all_dropped();
    });
}

/// The destructor of a value that C keeps for the thread is called last.
#[test]
fn when_all_thread_locals_are_gone() {
    watched("the last call of foreign threads", || {
        let (heap, ledger) = (Heap::builder().min_heap_bytes(4 << 10).build(), Ledger::new(1000));
        for act in ACTS {
            run(5, 1, END_WITH_THREAD, |_| {
                let (own, act) = (heap.clone(), act(&heap, &ledger));
                let round = move |_| {
                    BEFORE.with(|_| ());
                    own.mutate(|mc| _ = Gc::new(mc, 1_u64));
                    AFTER.with(|_| ());
                };
                let last = || {
                    let gone = [&BEFORE, &AFTER].map(|kept| kept.try_with(|_| ()).is_err());
                    assert_eq!(gone, [true; 2], "thread-locals are destroyed first");
                    act();
                };
                (round, last)
            });
        }
        heap.collect().unwrap();
        heap.verify();
        ledger.assert_all_dropped();
    });
}
