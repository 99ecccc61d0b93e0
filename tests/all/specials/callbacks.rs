//! Finalizers, cleanups and destructors may do what they like: nothing hangs, and nothing is lost.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use gc::{CollectError, Finalized, Gc, GcRefCell, Heap, Mutation, PendingError, Root, Trace, WeakHeap};
use tests::canary::Ledger;
use tests::patience::until;
use tests::rounds;
use tests::watchdog::watched;

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

/// Asserts that everything that was queued has run.
#[track_caller]
fn assert_all_run(heap: &Heap, finalizers: u64, cleanups: u64) {
    heap.wait_for_pending().unwrap();
    let stats = heap.stats();
    assert_eq!((stats.finalizers_queued, stats.cleanups_queued), (finalizers, cleanups));
    assert_eq!((stats.finalizers_run, stats.cleanups_run), (finalizers, cleanups));
}

/// [54, 71, 89, 217] From many threads, while cycles run: as many as were made, each once.
#[test]
fn none_is_lost() {
    const THREADS: usize = 8;
    watched("none is lost", || {
        let (heap, n) = (Heap::new(), rounds(4000));
        let ran: Arc<[AtomicUsize]> = (0..2 * THREADS * n).map(|_| AtomicUsize::new(0)).collect();
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (heap, ran) = (&heap, &ran);
                scope.spawn(move || {
                    for object in 0..n {
                        let number = 2 * (thread * n + object);
                        heap.mutate(|mc| {
                            let gc = Gc::new(mc, number);
                            let of_finalizer = Arc::clone(ran);
                            let finalizer = move |_: &Mutation<'_>, gc: Gc<'_, usize>| {
                                of_finalizer[*gc].fetch_add(1, Ordering::Relaxed);
                            };
                            mc.set_finalizer_in(gc, finalizer).unwrap();
                            let ran = Arc::clone(ran);
                            mc.add_cleanup(gc, number + 1, move |number| {
                                ran[number].fetch_add(1, Ordering::Relaxed);
                            });
                        });
                        if object % (n / 4).max(1) == 0 {
                            heap.collect().unwrap();
                        }
                    }
                });
            }
        });
        // One finds the objects dead, another one after their finalizers; those of threads come in between.
        for _ in 0..2 {
            heap.collect().unwrap();
            heap.wait_for_pending().unwrap();
        }
        let all = (THREADS * n) as u64;
        assert_all_run(&heap, all, all);
        assert!(ran.iter().all(|ran| ran.load(Ordering::Relaxed) == 1));
    });
}

/// Allocate, register more and collect, in finalizers, cleanups and threads that they start: each makes the next.
#[test]
fn that_use_the_heap() {
    fn next(heap: &Heap, left: u64, done: Sender<()>) {
        let Some(left) = left.checked_sub(1) else { return done.send(()).unwrap() };
        heap.mutate(|mc| {
            let garbage: Vec<_> = (0..100).map(|n| Gc::new(mc, [n; 5])).collect();
            mc.set_finalizer(garbage[0], move |object| {
                assert_eq!(object.mutate(|_, gc| *gc), [0; 5]);
                let heap = object.heap().clone();
                // Garbage, which the cycle finds, and with it more to run.
                heap.mutate(|mc| mc.add_cleanup(Gc::new(mc, 7_u64), (), |()| ()));
                heap.collect().unwrap();
                thread::spawn(move || next(object.heap(), left, done)).join().unwrap();
            })
            .unwrap();
        });
        heap.collect().unwrap();
    }
    watched("finalizers that use the heap", || {
        let (heap, (send, done)) = (heap(), channel());
        next(&heap, 20, send);
        done.recv().unwrap();
        heap.wait_for_pending().unwrap();
        assert_all_run(&heap, 20, 20);
        heap.verify();
    });
}

/// What the heap tells those that would wait for themselves.
#[test]
fn that_wait_for_themselves() {
    watched("callbacks that wait for themselves", || {
        let (heap, (send, told)) = (heap(), channel());
        heap.mutate(|mc| {
            let gc = Gc::new(mc, 7_u64);
            let of_finalizer = send.clone();
            mc.set_finalizer(gc, move |object| {
                of_finalizer.send(object.heap().wait_for_pending()).unwrap();
                of_finalizer.send(object.heap().run_pending().map(drop)).unwrap();
                let inside = object.mutate(|_, _| object.heap().collect());
                assert!(matches!(inside, Err(CollectError::InsideMutation { .. })));
            })
            .unwrap();
            let weak = heap.downgrade();
            mc.add_cleanup(gc, (), move |()| {
                send.send(weak.upgrade().unwrap().wait_for_pending()).unwrap();
            });
        });
        for _ in 0..2 {
            heap.collect().unwrap();
            heap.wait_for_pending().unwrap();
        }
        assert_all_run(&heap, 1, 1);
        assert_eq!(heap.stats().finalizer_panics + heap.stats().cleanup_panics, 0);
        assert_eq!(told.iter().collect::<Vec<_>>(), vec![Err(PendingError::InsideCallback); 3]);
    });
}

/// A lock that a thread holds while it is inside a mutation, and while it collects.
#[test]
fn that_lock_what_a_mutating_thread_holds() {
    watched("a lock around mutations", || {
        let (heap, n) = (Heap::new(), rounds(300));
        let lock = Arc::new(Mutex::new(0_u64));
        for round in 0..n {
            let held = lock.lock().unwrap();
            heap.mutate(|mc| {
                let gc = Gc::new(mc, [round; 3]);
                let (of_finalizer, of_cleanup) = (Arc::clone(&lock), Arc::clone(&lock));
                mc.set_finalizer(gc, move |_| *of_finalizer.lock().unwrap() += 1).unwrap();
                mc.add_cleanup(gc, of_cleanup, |lock| *lock.lock().unwrap() += 1);
            });
            if round % 10 == 0 {
                heap.collect().unwrap();
            }
            drop(held);
        }
        for _ in 0..2 {
            heap.collect().unwrap();
            heap.wait_for_pending().unwrap();
        }
        assert_all_run(&heap, n as u64, n as u64);
        assert_eq!(*lock.lock().unwrap(), 2 * n as u64);
    });
}

/// Every second one panics; the others run, each panic is counted and told, and the heap goes on.
#[test]
fn that_panic() {
    const N: u64 = 100;
    watched("callbacks that panic", || {
        let told = Arc::new(AtomicU64::new(0));
        let by_hook = Arc::clone(&told);
        let heap = Heap::builder()
            .run_by_hand(true)
            .automatic(false)
            .on_panic(move |panic| {
                assert!(panic.message().is_some_and(|message| message.starts_with("as asked")));
                by_hook.fetch_add(1, Ordering::Relaxed);
            })
            .build();
        heap.mutate(|mc| {
            for n in 0..N {
                let gc = Gc::new(mc, n);
                mc.set_finalizer_in(gc, |_, gc| assert!(*gc % 2 == 0, "as asked: {}", *gc)).unwrap();
                mc.add_cleanup(gc, n, |n| assert!(n % 2 == 0, "as asked: {n}"));
            }
        });
        for _ in 0..2 {
            heap.collect().unwrap();
            tests::quietly(true, || heap.run_pending()).unwrap();
        }
        assert_all_run(&heap, N, N);
        let stats = heap.stats();
        assert_eq!((stats.finalizer_panics, stats.cleanup_panics), (N / 2, N / 2));
        assert_eq!(told.load(Ordering::Relaxed), N);
    });
}

/// A finalizer that blocks: mutations, cycles, destructors and other heaps go on.
#[test]
fn that_block() {
    watched("a finalizer that blocks", || {
        let (heap, other, ledger) = (heap(), self::heap(), Ledger::new(100));
        let (begun, (release, blocked)) = (channel(), channel::<()>());
        heap.mutate(|mc| {
            let begun = begun.0;
            mc.set_finalizer(Gc::new(mc, 7_u64), move |_| {
                begun.send(()).unwrap();
                blocked.recv().unwrap();
            })
            .unwrap();
        });
        heap.collect().unwrap();
        begun.1.recv().unwrap();
        for heap in [&heap, &other] {
            for _ in 0..50 {
                heap.mutate(|mc| mc.add_cleanup(Gc::new(mc, ledger.canary()), (), |()| ()));
            }
            heap.collect().unwrap();
        }
        until("destructors have run", || ledger.alive() == 0);
        assert_all_run(&other, 0, 50);
        let limit = Duration::from_millis(50);
        assert!(matches!(heap.wait_for_pending_timeout(limit), Err(PendingError::TimedOut { .. })));
        release.send(()).unwrap();
        assert_all_run(&heap, 1, 50);
    });
}

/// Another thread goes on with the rest, whether that was due before or became due later; each still runs once, and what
/// blocks is waited for.
#[test]
fn that_block_hold_up_the_others_for_a_while() {
    watched("finalizers and cleanups that block", || {
        let (heap, ran) = (heap(), Arc::new(AtomicU64::new(0)));
        let (release, blocked) = channel::<()>();
        let blocked = Arc::new(Mutex::new(blocked));
        // In one batch: a finalizer that blocks, some that do not, and so on.
        heap.mutate(|mc| {
            for n in 0..30_u64 {
                let (ran, blocked) = (Arc::clone(&ran), Arc::clone(&blocked));
                let finalizer = move |_: Finalized<u64>| {
                    if n.is_multiple_of(10) {
                        // In vain: the sender sends nothing.
                        let _ = blocked.lock().unwrap().recv();
                    }
                    ran.fetch_add(1, Ordering::Relaxed);
                };
                mc.set_finalizer(Gc::new(mc, n), finalizer).unwrap();
            }
        });
        heap.collect().unwrap();
        until("all that do not block have run", || ran.load(Ordering::Relaxed) == 27);
        // Nothing is left; then one blocks alone, and the rest comes later.
        for round in 0..2_u64 {
            heap.mutate(|mc| {
                for n in 0..10_u64 {
                    let (ran, blocked) = (Arc::clone(&ran), Arc::clone(&blocked));
                    mc.add_cleanup(Gc::new(mc, n), n, move |n| {
                        if n + round == 0 {
                            let _ = blocked.lock().unwrap().recv();
                        }
                        ran.fetch_add(1, Ordering::Relaxed);
                    });
                }
            });
            heap.collect().unwrap();
        }
        until("the cleanups have run, too", || ran.load(Ordering::Relaxed) == 46);
        assert!(heap.wait_for_pending_timeout(Duration::from_millis(50)).is_err(), "four are running");
        assert_eq!(heap.collect().unwrap().callbacks_left, 0, "but none is left");
        drop(release);
        assert_all_run(&heap, 30, 20);
        assert_eq!(ran.load(Ordering::Relaxed), 50);
    });
}

/// A heap whose other handles are gone ends when the last one that blocks has returned.
#[test]
fn that_block_at_the_end_of_their_heap() {
    watched("a finalizer that blocks at the end", || {
        let (heap, ledger, ran) = (heap(), Ledger::new(1), Arc::new(AtomicU64::new(0)));
        let ((begin, begun), (release, blocked)) = (channel(), channel::<()>());
        let kept = heap.mutate(|mc| {
            mc.set_finalizer(Gc::new(mc, 0_u64), move |_| {
                begin.send(()).unwrap();
                let _ = blocked.recv();
            })
            .unwrap();
            for n in 0..100_u64 {
                let ran = Arc::clone(&ran);
                let finalizer = move |_: Finalized<u64>| _ = ran.fetch_add(1, Ordering::Relaxed);
                mc.set_finalizer(Gc::new(mc, n), finalizer).unwrap();
            }
            mc.root(Gc::new(mc, ledger.canary()))
        });
        heap.collect().unwrap();
        // From now on the finalizer keeps the heap open.
        begun.recv().unwrap();
        let weak = heap.downgrade();
        drop(heap);
        until("the others have run", || ran.load(Ordering::Relaxed) == 100);
        assert_eq!(ledger.alive(), 1);
        drop(release);
        until("the heap has ended", || ledger.alive() == 0);
        assert!(weak.upgrade().is_none());
        drop(kept);
    });
}

/// Enters a heap when it is dropped, unless that has ended.
#[derive(Trace)]
struct Visitor {
    heap: WeakHeap,
    left: u64,
    ended: Sender<u64>,
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let Some(heap) = self.heap.upgrade() else { return };
        assert_eq!(heap.collect().map(drop), Err(CollectError::InsideDestructor));
        visit(&heap, self.left, self.ended.clone());
        self.ended.send(self.left).unwrap();
    }
}

/// Makes an object whose destructor makes the next.
fn visit(heap: &Heap, left: u64, ended: Sender<u64>) {
    if let Some(left) = left.checked_sub(1) {
        heap.mutate(|mc| {
            let gc = Gc::new(mc, Visitor { heap: heap.downgrade(), left, ended: ended.clone() });
            mc.add_cleanup(gc, (), |()| ());
            mc.set_finalizer(Gc::new(mc, left), |_| ()).unwrap();
        });
    }
}

/// Destructors that allocate, register finalizers and cleanups, and ask for what they cannot have.
#[test]
fn destructors_that_use_the_heap() {
    const N: u64 = 20;
    watched("destructors that use the heap", || {
        let heap = heap();
        let (send, ended): (_, Receiver<u64>) = channel();
        visit(&heap, N, send);
        for expected in (0..N).rev() {
            heap.collect().unwrap();
            assert_eq!(ended.recv(), Ok(expected));
        }
        assert!(ended.recv().is_err(), "no more");
        heap.collect().unwrap();
        assert_all_run(&heap, N, N);
        assert_eq!(heap.stats().destructor_panics, 0);
    });
}

/// The last handle of a heap is dropped by its own finalizer, or cleanup.
#[test]
fn that_end_their_heap() {
    watched("a heap that ends in a callback", || {
        for by_cleanup in [false, true] {
            let (heap, ledger, (ended, wait)) = (heap(), Ledger::new(10), channel::<()>());
            let kept: Arc<Mutex<Option<Heap>>> = Arc::default();
            let last = Arc::clone(&kept);
            heap.mutate(|mc| {
                let gc = Gc::new(mc, ledger.canary());
                for _ in 1..10 {
                    mc.set_finalizer(Gc::new(mc, ledger.canary()), |_| ()).unwrap();
                }
                let end = move || {
                    drop(last.lock().unwrap().take());
                    drop(ended);
                };
                if by_cleanup {
                    mc.add_cleanup(gc, end, |end| end());
                } else {
                    mc.set_finalizer(gc, |_| end()).unwrap();
                }
            });
            let collector = heap.clone();
            *kept.lock().unwrap() = Some(heap);
            collector.collect().unwrap();
            drop(collector);
            assert!(wait.recv().is_err());
            until("all objects are dropped", || ledger.alive() == 0);
        }
    });
}

/// Objects that a finalizer revives are used by a mutating thread at once, and die later.
#[test]
fn a_pool_of_objects_that_come_back() {
    type Pool<'gc> = GcRefCell<Vec<Gc<'gc, [u64; 4]>>>;
    fn give(mc: &Mutation<'_>, pool: &Root<Pool<'static>>, number: u64, made: &AtomicU64) {
        let object = pool.get(mc).borrow_mut(mc).pop().unwrap_or_else(|| {
            made.fetch_add(1, Ordering::Relaxed);
            Gc::new(mc, [0; 4])
        });
        assert!(object.iter().all(|&word| word == object[0]), "{number}");
        let back = pool.clone();
        mc.set_finalizer_in(object, move |mc, object| back.get(mc).borrow_mut(mc).push(object)).unwrap();
    }
    watched("objects that come back", || {
        let (heap, made, n) = (heap(), AtomicU64::new(0), rounds(300) as u64);
        let pool = heap.mutate(|mc| mc.root::<Pool<'_>>(Gc::new(mc, GcRefCell::new(Vec::new()))));
        for round in 0..n {
            heap.mutate(|mc| (0..10).for_each(|number| give(mc, &pool, round * 10 + number, &made)));
            heap.collect().unwrap();
            heap.wait_for_pending().unwrap();
        }
        assert_eq!(made.load(Ordering::Relaxed), 10, "all others came back");
        assert_all_run(&heap, 10 * n, 0);
        heap.verify();
    });
}
