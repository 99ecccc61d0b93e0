//! Programs that must not hang.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use gc::{CollectError, Gc, GcRwLock, Heap, Root, Stall};
use rayon::prelude::*;
use tests::canary::{Canary, Ledger, OnDrop};
use tests::rounds;
use tests::shapes::{self, Node, Shape};

use super::{Done, eager, lively, quiet, until, while_collecting};

/// A worker inside a mutation waits for jobs that others have taken, who may wait at the gate, and runs jobs that
/// enter meanwhile.
#[test]
fn workers_of_a_thread_pool_are_mutators() {
    lively("workers of a thread pool", || {
        let n = rounds(400).max(20);
        let (heap, ledger) = (eager(), Ledger::new(n * 12));
        let ring = |n| -> Root<Node<'static>> { heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, n))) };
        let roots: Vec<_> = while_collecting(&[&heap], || {
            let both = |_| heap.mutate(|_| rayon::join(|| ring(3), || ring(5)));
            (0..n).into_par_iter().map(both).collect()
        });
        heap.collect().unwrap();
        assert_eq!(ledger.alive(), 8 * n);
        let length = |root: &Root<Node<'static>>| heap.mutate(|mc| Shape::of_ring(root.get(mc)));
        assert!(roots.par_iter().all(|(three, five)| length(three) == 3 && length(five) == 5));
        drop(roots);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// What the blocked thread has claimed and made is settled on its behalf.
#[test]
fn a_thread_that_blocks_outside_keeps_nobody_waiting() {
    lively("a thread that blocks outside", || {
        let (heap, ledger) = (eager(), Ledger::new(100));
        let (go, wait) = channel::<()>();
        let (send, made) = channel();
        thread::scope(|scope| {
            let (heap, ledger) = (&heap, &ledger);
            scope.spawn(move || {
                let mut mutator = heap.attach();
                let root: Root<Node<'static>> = mutator.mutate(|mc| mc.root(shapes::ring(mc, ledger, 10)));
                send.send(()).unwrap();
                let _ = wait.recv();
                assert_eq!(mutator.mutate(|mc| Shape::of_ring(root.get(mc))), 10);
                mutator.mutate(|mc| shapes::ring(mc, ledger, 5).canary.id());
            });
            made.recv().unwrap();
            for _ in 0..200 {
                assert_eq!(heap.collect().unwrap().live_objects, 10);
            }
            assert_eq!(ledger.alive(), 10);
            drop(go);
        });
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

#[test]
fn a_thread_that_stays_inside_for_long_is_named_and_others_go_on() {
    lively("a thread that stays inside", || {
        let stalls: Arc<Mutex<Vec<Stall>>> = Arc::default();
        let noted = Arc::clone(&stalls);
        let note = move |stall: &Stall| noted.lock().unwrap().push(stall.clone());
        let heap = Heap::builder().name("busy").min_heap_bytes(4 << 10).on_stall(note).build();
        let (inside, entered) = channel();
        let end = AtomicBool::new(false);
        let entries = [const { AtomicUsize::new(0) }; 2];
        let started = Instant::now();
        let line = thread::scope(|scope| {
            let stays = thread::Builder::new().name("stays inside".to_owned()).spawn_scoped(scope, || {
                let _done = Done(&end);
                let line = line!() + 1;
                heap.mutate(|mc| {
                    let kept = Gc::new(mc, 7_u64);
                    inside.send(()).unwrap();
                    until("it is complained of", || stalls.lock().unwrap().len() >= 5);
                    until("others enter", || entries.iter().all(|n| n.load(Ordering::Relaxed) > 20));
                    assert_eq!(*kept, 7);
                });
                line
            });
            entered.recv().unwrap();
            for _ in 0..2 {
                scope.spawn(|| {
                    heap.collect().unwrap();
                    assert!(end.load(Ordering::Relaxed), "no collection while a thread is inside");
                });
            }
            for entries in &entries {
                scope.spawn(|| {
                    while !end.load(Ordering::Relaxed) {
                        // A cycle is due each time.
                        heap.mutate(|mc| Gc::new(mc, [0_u64; 1000])[0]);
                        entries.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            stays.unwrap().join().unwrap()
        });
        let stalls = stalls.lock().unwrap();
        let mut before = Duration::ZERO;
        for stall in &*stalls {
            let named = stall.inside.iter().find(|inside| inside.thread == "stays inside").expect("named");
            assert!(named.entered.file().ends_with("liveness.rs") && named.entered.line() == line);
            assert!(named.at_least > before && named.at_least < started.elapsed(), "{stall}");
            before = named.at_least;
            let text = stall.to_string();
            let place = format!("`stays inside`, inside the mutation entered at {}", named.entered);
            assert!(text.contains(&place) && text.contains("\"busy\""), "{text}");
        }
        // Five attempts of 10, 20, .. 160 ms.
        assert!(before > Duration::from_millis(310), "for how long: {before:?}");
    });
}

/// Both are inside when they want to enter the other heap.
#[test]
fn two_heaps_are_entered_in_opposite_orders() {
    lively("two heaps in opposite orders", || {
        let (a, b) = (eager(), eager());
        let both_inside = Barrier::new(2);
        let n = rounds(100).max(5);
        let enter = |outer: &Heap, inner: &Heap| {
            for _ in 0..n {
                outer.mutate(|mc| {
                    let kept = Gc::new(mc, 1_u64);
                    both_inside.wait();
                    inner.mutate(|mc| assert_eq!(*Gc::new(mc, 2_u64), 2));
                    assert_eq!(*kept, 1);
                });
            }
        };
        while_collecting(&[&a, &b], || {
            thread::scope(|scope| {
                scope.spawn(|| enter(&a, &b));
                scope.spawn(|| enter(&b, &a));
            });
        });
    });
}

/// One thread holds the lock and wants to enter, the other is inside and wants the lock.
#[test]
fn an_outside_lock_is_taken_in_both_orders() {
    lively("an outside lock in both orders", || {
        let (heap, lock, both) = (eager(), Mutex::new(0), Barrier::new(2));
        let n = rounds(100).max(5);
        while_collecting(&[&heap], || {
            thread::scope(|scope| {
                scope.spawn(|| {
                    for _ in 0..n {
                        let mut counted = lock.lock().unwrap();
                        both.wait();
                        heap.mutate(|mc| *counted += *Gc::new(mc, 1));
                        drop(counted);
                        both.wait();
                    }
                });
                scope.spawn(|| {
                    for _ in 0..n {
                        heap.mutate(|mc| {
                            let one = Gc::new(mc, 1);
                            both.wait();
                            *lock.lock().unwrap() += *one;
                        });
                        both.wait();
                    }
                });
            });
        });
        assert_eq!(lock.into_inner().unwrap(), 2 * n);
    });
}

/// A lock in the heap, whose owner waits at the gate of another heap.
#[test]
fn a_lock_in_the_heap_is_held_by_one_who_enters_elsewhere() {
    lively("a lock in the heap", || {
        let (heap, other) = (eager(), eager());
        let lock: Root<GcRwLock<usize>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(0_usize))));
        let n = rounds(300).max(5);
        let count = || {
            for _ in 0..n {
                heap.mutate(|mc| {
                    let lock = lock.get(mc);
                    let mut counted = lock.write(mc);
                    other.mutate(|mc| *counted += *Gc::new(mc, 1));
                });
            }
        };
        let reversed = || {
            for _ in 0..n {
                other.mutate(|_| heap.mutate(|mc| *lock.get(mc).write(mc) += 1));
            }
        };
        while_collecting(&[&heap, &other], || {
            thread::scope(|scope| {
                scope.spawn(count);
                scope.spawn(reversed);
            });
        });
        assert_eq!(heap.mutate(|mc| *lock.get(mc).read(mc)), 2 * n);
    });
}

#[test]
fn a_mutation_panics_while_a_stop_waits_for_it() {
    lively("a panic during a stop", || {
        let (heap, ledger) = (quiet(), Ledger::new(1000));
        for _ in 0..20 {
            let (inside, entered) = channel();
            thread::scope(|scope| {
                let panics = scope.spawn(|| {
                    catch_unwind(AssertUnwindSafe(|| {
                        heap.mutate(|mc| {
                            shapes::ring(mc, &ledger, 10);
                            inside.send(()).unwrap();
                            while !mc.should_leave() {
                                thread::yield_now();
                            }
                            // Entering again is possible all the time.
                            heap.mutate(|mc| shapes::ring(mc, &ledger, 10).canary.id());
                            resume_unwind(Box::new("as planned"));
                        });
                    }))
                    .unwrap_err()
                });
                entered.recv().unwrap();
                assert_eq!(heap.collect().unwrap().dead_objects, 20);
                assert_eq!(*panics.join().unwrap().downcast::<&str>().unwrap(), "as planned");
            });
        }
        ledger.assert_all_dropped();
        heap.verify();
    });
}

#[test]
fn threads_end_with_roots_alive() {
    lively("threads that end with roots alive", || {
        let n = rounds(400).max(20);
        let (heap, ledger) = (eager(), Ledger::new(n * 10));
        let roots: Vec<Root<Node<'static>>> = while_collecting(&[&heap], || {
            let live = |_| {
                let thread = || heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 10)));
                thread::scope(|scope| scope.spawn(thread).join().unwrap())
            };
            (0..n).map(live).collect()
        });
        assert_eq!(heap.collect().unwrap().live_objects, 10 * n as u64);
        let good = |root: &&Root<Node<'static>>| heap.mutate(|mc| Shape::of_ring(root.get(mc))) == 10;
        assert_eq!(roots.iter().filter(good).count(), n);
        drop(roots);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

#[test]
fn destructors_enter_the_heap() {
    lively("destructors that enter the heap", || {
        let n = rounds(500).max(20);
        let (heap, entered) = (eager(), Arc::new(AtomicUsize::new(0)));
        while_collecting(&[&heap, &heap], || {
            for _ in 0..n {
                heap.mutate(|mc| {
                    let (weak, entered) = (heap.downgrade(), Arc::clone(&entered));
                    let enter = move || {
                        let heap = weak.upgrade().expect("the heap is open");
                        heap.mutate(|mc| entered.fetch_add(*Gc::new(mc, 1), Ordering::Relaxed));
                    };
                    Gc::new(mc, OnDrop::new(enter));
                });
            }
        });
        heap.collect().unwrap();
        until("all destructors have run", || entered.load(Ordering::Relaxed) == n);
        heap.collect().unwrap();
        assert_eq!(heap.stats().destructor_panics, 0);
    });
}

#[test]
fn a_destructor_blocks_for_ever() {
    lively("a destructor that blocks for ever", || {
        let (heap, ledger) = (eager(), Ledger::new(100_000));
        let (begin, begun) = channel();
        let (let_go, wait) = channel::<()>();
        let blocks = move || {
            begin.send(()).unwrap();
            let _ = wait.recv();
        };
        heap.mutate(|mc| {
            Gc::new(mc, OnDrop::new(blocks));
            Gc::new(mc, [0_u64; 4096]);
        });
        begun.recv().unwrap();
        let kept: Root<Canary> = heap.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
        // Cycles go on by themselves, and free what has no destructor.
        let (cycles, freed) = (heap.stats().cycles_automatic, heap.stats().bytes_freed);
        until("cycles go on", || {
            heap.mutate(|mc| Gc::new(mc, [0_u64; 1000])[0]);
            heap.stats().cycles_automatic >= cycles + 10
        });
        assert!(heap.stats().bytes_freed > freed + 8 * 8000);
        // Whoever collects runs all the others.
        heap.mutate(|mc| (0..1000).for_each(|_| _ = Gc::new(mc, ledger.canary())));
        heap.collect().unwrap();
        assert_eq!((ledger.alive(), heap.stats().objects_doomed), (1, 1));
        // Nobody waits for it at the end: the rest is dropped when it returns after all.
        drop(heap);
        drop(kept);
        assert_eq!(ledger.alive(), 1);
        drop(let_go);
        until("the heap has ended", || ledger.alive() == 0);
    });
}

/// Each would wait for the other one to leave.
#[test]
fn heaps_are_collected_inside_mutations_of_each_other() {
    lively("collecting inside a mutation of the other", || {
        let (a, b, both) = (eager(), eager(), Barrier::new(2));
        let n = rounds(100).max(5);
        let collect = |outer: &Heap, inner: &Heap| {
            for _ in 0..n {
                let line = line!() + 1;
                let outcome = outer.mutate(|_| {
                    both.wait();
                    let outcomes = [inner.collect(), inner.collect_timeout(Duration::from_secs(60))];
                    both.wait();
                    outcomes
                });
                for outcome in outcome {
                    let Err(CollectError::InsideMutation { entered }) = outcome else {
                        panic!("{outcome:?}")
                    };
                    assert_eq!(entered.line(), line);
                }
            }
        };
        while_collecting(&[&a, &b], || {
            thread::scope(|scope| {
                scope.spawn(|| collect(&a, &b));
                scope.spawn(|| collect(&b, &a));
            });
        });
    });
}

/// The mutation lasts until the scoped threads have entered and left.
#[test]
fn scoped_threads_enter_inside_a_mutation() {
    lively("scoped threads that enter", || {
        let (heap, ledger) = (eager(), Ledger::new(100_000));
        while_collecting(&[&heap], || {
            for _ in 0..rounds(50).max(5) {
                heap.mutate(|mc| {
                    let ring = shapes::ring(mc, &ledger, 10);
                    let enter = || {
                        let own: Root<Node<'static>> =
                            heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 5)));
                        Shape::of_ring(ring) + heap.mutate(|mc| Shape::of_ring(own.get(mc)))
                    };
                    thread::scope(|scope| {
                        let threads: Vec<_> = (0..4).map(|_| scope.spawn(enter)).collect();
                        threads.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), 15));
                    });
                });
            }
        });
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}
