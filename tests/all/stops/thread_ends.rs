//! Thread-locals of the program that use a heap while their thread ends, whichever of them goes first.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gc::{Gc, GcRefCell, GcRwLock, Heap, Mutator, Root};
use tests::canary::{Canary, Ledger};
use tests::shapes::{self, Node, Shape};
use tests::{AtEnd, panic_of, rounds};

use super::{eager, lively, quiet, while_collecting};

thread_local! {
    /// Used before the thread is attached to any heap.
    static BEFORE: AtEnd = AtEnd::default();
    /// Used after that.
    static AFTER: AtEnd = AtEnd::default();
}

/// Runs a thread that is attached to the heap, and `at_end` in destructors of thread-locals before and after those
/// of the heap; how often it ran.
fn ending<F: FnOnce() + 'static>(heap: &Heap, at_end: impl Fn() -> F + Sync) -> usize {
    let ran = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        let counted = || {
            let (ran, at_end) = (Arc::clone(&ran), at_end());
            move || {
                at_end();
                ran.fetch_add(1, Ordering::Relaxed);
            }
        };
        let thread = move || {
            BEFORE.with(|at_end| at_end.set(counted()));
            heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
            AFTER.with(|at_end| at_end.set(counted()));
        };
        scope.spawn(thread).join().unwrap();
    });
    // Thread-locals may be destroyed after the thread was joined.
    super::until("destructors of thread-locals run", || Arc::strong_count(&ran) == 1);
    ran.load(Ordering::Relaxed)
}

#[test]
fn mutations_in_destructors_of_thread_locals() {
    lively("mutations while a thread ends", || {
        let n = rounds(200).max(5);
        let (heap, ledger) = (eager(), Ledger::new(n * 100));
        while_collecting(&[&heap], || {
            for _ in 0..n {
                let at_end = || {
                    let (heap, ledger) = (heap.clone(), Arc::clone(&ledger));
                    move || {
                        let ring: Root<Node<'static>> =
                            heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 10)));
                        // Cycles are due here, too.
                        heap.mutate(|mc| Gc::new(mc, [0_u64; 1000])[0]);
                        assert_eq!(heap.mutate(|mc| Shape::of_ring(ring.get(mc))), 10);
                    }
                };
                assert_eq!(ending(&heap, at_end), 2);
            }
        });
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// It outlives what the thread knows of its heaps, or does not.
#[test]
fn a_mutator_is_kept_in_a_thread_local() {
    thread_local! {
        static EARLY: RefCell<Option<Mutator>> = const { RefCell::new(None) };
        static LATE: RefCell<Option<Mutator>> = const { RefCell::new(None) };
    }
    lively("a mutator in a thread-local", || {
        let n = rounds(200).max(5);
        let (heap, ledger) = (eager(), Ledger::new(n * 20));
        while_collecting(&[&heap], || {
            for _ in 0..n {
                let thread = || {
                    // The first use of a thread-local says when it is destroyed.
                    EARLY.with(|kept| kept.borrow_mut().take());
                    let mutators = [heap.attach(), heap.attach()];
                    for (mut mutator, keep) in mutators.into_iter().zip([&EARLY, &LATE]) {
                        mutator.mutate(|mc| shapes::ring(mc, &ledger, 10).canary.id());
                        keep.with(|kept| kept.replace(Some(mutator)));
                    }
                };
                thread::scope(|scope| scope.spawn(thread).join().unwrap());
            }
        });
        super::until("thread-locals are destroyed", || {
            heap.collect().unwrap();
            ledger.alive() == 0
        });
        ledger.assert_all_dropped();
    });
}

/// The mutator is used by the destructor of a thread-local, when the thread's table of heaps may be gone.
#[test]
fn a_mutator_is_used_in_a_destructor_of_a_thread_local() {
    lively("a mutator used while a thread ends", || {
        let (heap, ledger) = (quiet(), Ledger::new(100));
        let at_end = || {
            let (mut mutator, ledger) = (None, Arc::clone(&ledger));
            let heap = heap.clone();
            move || {
                let mutator = mutator.get_or_insert_with(|| heap.attach());
                let root: Root<Canary> = mutator.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
                // A nested mutation through a record of its own or the same one.
                mutator.mutate(|_| heap.mutate(|mc| root.get(mc).id()));
                assert!(mutator.heap().collect().is_ok());
            }
        };
        assert_eq!(ending(&heap, at_end), 2);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

#[test]
fn collections_and_the_end_of_a_heap_in_destructors_of_thread_locals() {
    lively("the end of a heap while a thread ends", || {
        for _ in 0..rounds(100).max(5) {
            let (shared, ledger) = (quiet(), Ledger::new(100));
            let at_end = || {
                let own = eager();
                let root: Root<Canary> = own.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
                let shared = shared.clone();
                move || {
                    own.mutate(|mc| Gc::new(mc, [0_u64; 1000])[0]);
                    assert_eq!(own.collect().unwrap().live_objects, 1);
                    shared.collect().unwrap();
                    // The last handle.
                    drop(own);
                    drop(root);
                }
            };
            assert_eq!(ending(&shared, at_end), 2);
            drop(shared);
            ledger.assert_all_dropped();
        }
    });
}

/// What a thread holds is known to the end.
#[test]
fn a_thread_that_would_wait_for_itself_while_it_ends_is_told() {
    lively("a lock taken twice while a thread ends", || {
        let heap = quiet();
        let at_end = || {
            let heap = heap.clone();
            move || {
                heap.mutate(|mc| {
                    let lock = GcRwLock::new(1);
                    let reading = lock.read(mc);
                    let message = panic_of(|| *lock.write(mc));
                    assert!(message.contains("already holds the lock for reading"), "{message}");
                    drop(reading);
                    assert_eq!(*lock.write(mc), 1);
                });
            }
        };
        assert_eq!(ending(&heap, at_end), 2);
    });
}

/// A mutation inside another one is not the outermost, and so no safepoint: the only thread stops itself in vain.
#[test]
fn nested_mutations_while_the_only_thread_ends() {
    lively("nested mutations while a thread ends", || {
        let heap = eager();
        let at_end = || {
            let heap = heap.clone();
            move || {
                heap.mutate(|_| heap.mutate(|mc| (0..100).for_each(|_| _ = Gc::new(mc, [0_u64; 128]))));
                heap.collect().unwrap();
            }
        };
        assert_eq!(ending(&heap, at_end), 2);
        let pauses = heap.stats().pauses;
        assert!(pauses.count >= 2 && pauses.failed_attempts == 0, "{pauses:?}");
    });
}

/// A mutation inside another one is not the outermost, and so no safepoint: many threads that end at once would wait for
/// each other.
#[test]
fn nested_mutations_while_many_threads_end() {
    const THREADS: usize = 32;
    lively("nested mutations while threads end", || {
        let heap = eager();
        let at_end = || {
            let heap = heap.clone();
            move || {
                for _ in 0..rounds(20).max(5) {
                    heap.mutate(|outer| {
                        let cell = Gc::new(outer, GcRefCell::new(0));
                        *cell.borrow_mut(outer) += 1;
                        let before = heap.stats().cycles;
                        heap.mutate(|mc| {
                            (0..100).for_each(|_| _ = Gc::new(mc, [0_u64; 128]));
                            *cell.borrow_mut(mc) += 1;
                        });
                        assert_eq!(heap.stats().cycles, before, "a cycle while a thread is inside");
                        assert_eq!(*cell.borrow(outer), 2);
                    });
                    heap.collect().unwrap();
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| assert_eq!(ending(&heap, at_end), 2));
            }
        });
    });
}
