//! `GcRwLock`: readers and writers on many threads, who waits for whom, and who is told that it would wait for
//! itself.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use gc::{Gc, GcRwLock, Heap, Root};
use tests::patience::{Since, until};
use tests::watchdog::watched;
use tests::{panic_of, rounds};

type Pair = Root<GcRwLock<(u64, u64)>>;

fn pair(heap: &Heap) -> Pair {
    heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new((0_u64, 0_u64)))))
}

fn heap() -> Heap {
    tests::on_request().build()
}

#[test]
fn many_readers_and_writers() {
    watched("readers and writers", || {
        let (heap, n) = (Heap::new(), rounds(5_000));
        let lock = pair(&heap);
        thread::scope(|scope| {
            for thread in 0..8 {
                let (heap, lock) = (&heap, &lock);
                scope.spawn(move || {
                    for round in 0..n {
                        heap.mutate(|mc| {
                            let lock = lock.get(mc);
                            if (thread + round) % 4 == 0 {
                                let mut pair = lock.write(mc);
                                assert_eq!(pair.0, pair.1);
                                pair.0 += 1;
                                std::hint::black_box(&mut *pair);
                                pair.1 += 1;
                            } else {
                                let pair = lock.read(mc);
                                assert_eq!(pair.0, pair.1);
                            }
                        });
                    }
                });
            }
        });
        heap.mutate(|mc| assert_eq!(*lock.get(mc).read(mc), (2 * n as u64, 2 * n as u64)));
    });
}

#[test]
fn try_forms_never_wait() {
    heap().mutate(|mc| {
        let lock = Gc::new(mc, GcRwLock::new(1_u64));
        assert_eq!(format!("{lock:?}"), "GcRwLock(free)");
        let reader = lock.try_read(mc).unwrap();
        assert!(lock.try_read(mc).is_some() && lock.try_write(mc).is_none());
        assert_eq!(format!("{lock:?} {reader:?}"), "GcRwLock(locked for reading) 1");
        drop(reader);
        let mut writer = lock.try_write(mc).unwrap();
        *writer = 2;
        assert!(lock.try_read(mc).is_none() && lock.try_write(mc).is_none());
        assert_eq!(format!("{lock:?} {writer:?}"), "GcRwLock(locked for writing) 2");
        drop(writer);
        assert_eq!(*lock.read(mc), 2);
    });
    let mut owned = GcRwLock::<Vec<u8>>::default();
    owned.get_mut().push(1);
    assert_eq!(owned.into_inner(), [1]);
}

#[test]
fn who_would_wait_for_itself_is_told() {
    watched("re-entry", || {
        let heap = heap();
        heap.mutate(|mc| {
            let lock = Gc::new(mc, GcRwLock::new(1_u64));
            // Both places are in the message.
            let (held, line) = (lock.write(mc), line!());
            let places = |text: String, call: &str, again: u32| {
                assert!(text.contains(call), "{text}");
                assert_eq!(text.matches("locks.rs:").count(), 2, "{text}");
                assert!(
                    text.contains(&format!(":{line}:")) && text.contains(&format!(":{again}:")),
                    "{text}"
                );
            };
            places(panic_of(|| *lock.read(mc)), "GcRwLock::read", line!());
            places(panic_of(|| *lock.write(mc)), "GcRwLock::write", line!());
            heap.mutate(|inner| places(panic_of(|| *lock.read(inner)), "for writing", line!()));
            drop(held);
            let (held, line) = (lock.read(mc), line!());
            let text = panic_of(|| *lock.write(mc) = 2);
            assert!(text.contains("for reading") && text.contains(&format!(":{line}:")), "{text}");
            drop(held);
            *lock.write(mc) = 3;
            assert_eq!(*lock.read(mc), 3);
        });
    });
}

#[test]
fn a_panic_under_a_guard_releases_it() {
    let heap = heap();
    let lock = pair(&heap);
    panic_of(|| {
        heap.mutate(|mc| {
            let _guard = Gc::as_ref(lock.get(mc)).write(mc);
            panic!("on purpose")
        })
    });
    panic_of(|| {
        heap.mutate(|mc| {
            let _guard = Gc::as_ref(lock.get(mc)).read(mc);
            panic!("on purpose")
        })
    });
    heap.mutate(|mc| lock.get(mc).write(mc).0 = 1);
    heap.mutate(|mc| {
        let lock = lock.get(mc);
        panic_of(|| {
            let _guard = lock.write(mc);
            panic!("on purpose")
        });
        assert_eq!(lock.read(mc).0, 1);
    });
}

/// Waits until a thread that sets the flag next has had the time to wait for a lock after it.
fn is_waiting(flag: &AtomicBool) {
    while !flag.load(Ordering::SeqCst) {
        thread::yield_now();
    }
    thread::sleep(Duration::from_millis(50));
}

#[test]
fn a_reader_may_read_again_though_a_writer_waits() {
    watched("a reader that reads again", || {
        let heap = heap();
        let lock = pair(&heap);
        let (about, written) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            heap.mutate(|mc| {
                let lock_here = lock.get(mc);
                let first = lock_here.read(mc);
                scope.spawn(|| {
                    heap.mutate(|mc| {
                        about.store(true, Ordering::SeqCst);
                        lock.get(mc).write(mc).0 = 1;
                        written.store(true, Ordering::SeqCst);
                    });
                });
                is_waiting(&about);
                // Whoever has nothing waits behind the writer, whoever reads already does not.
                assert!(lock_here.try_read(mc).is_none());
                let second = lock_here.read(mc);
                assert_eq!((first.0, second.0), (0, 0));
                drop(first);
                thread::sleep(Duration::from_millis(20));
                assert!(!written.load(Ordering::SeqCst));
                drop(second);
                assert_eq!(lock_here.read(mc).0, 1, "the writer was first in the queue");
            });
        });
    });
}

#[test]
fn who_waits_first_is_served_first() {
    watched("fairness", || {
        let heap = heap();
        let lock: Root<GcRwLock<Vec<usize>>> =
            heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(vec![0_usize]))));
        thread::scope(|scope| {
            heap.mutate(|mc| {
                let here = lock.get(mc);
                let mut held = here.write(mc);
                for at in 1..=6 {
                    let about = AtomicBool::new(false);
                    let (heap, lock, flag) = (&heap, &lock, std::sync::Arc::new(about));
                    let told = flag.clone();
                    scope.spawn(move || {
                        heap.mutate(|mc| {
                            told.store(true, Ordering::SeqCst);
                            lock.get(mc).write(mc).push(at);
                        });
                    });
                    is_waiting(&flag);
                }
                held[0] = 7;
            });
        });
        heap.mutate(|mc| assert_eq!(*lock.get(mc).read(mc), [7, 1, 2, 3, 4, 5, 6]));
    });
}

/// A thread that waits for a lock waits for nothing else: who unparks it meanwhile has done so.
#[test]
fn an_unpark_while_waiting_is_not_lost() {
    watched("an unpark of a thread that waits", || {
        let heap = heap();
        let lock = pair(&heap);
        let abouts = [AtomicBool::new(false), AtomicBool::new(false)];
        thread::scope(|scope| {
            for (about, writes) in abouts.iter().zip([true, false]) {
                let waiter = heap.mutate(|mc| {
                    let _held = Gc::as_ref(lock.get(mc)).write(mc);
                    let (heap, lock) = (&heap, &lock);
                    let waiter = scope.spawn(move || {
                        heap.mutate(|mc| {
                            about.store(true, Ordering::SeqCst);
                            if writes { drop(lock.get(mc).write(mc)) } else { drop(lock.get(mc).read(mc)) }
                        });
                        let since = Since::now();
                        thread::park_timeout(Duration::from_secs(20));
                        // The token is there, and only one.
                        assert!(since.elapsed() < Duration::from_secs(10), "the token was taken");
                        let since = Instant::now();
                        thread::park_timeout(Duration::from_millis(200));
                        assert!(since.elapsed() >= Duration::from_millis(100), "the lock has left a token");
                    });
                    is_waiting(about);
                    waiter.thread().unpark();
                    thread::sleep(Duration::from_millis(20));
                    waiter
                });
                waiter.join().unwrap();
            }
        });
    });
}

/// Writers come to their turn though readers never leave the lock alone.
#[test]
fn readers_do_not_starve_a_writer() {
    watched("starvation", || {
        let heap = heap();
        let lock = pair(&heap);
        let (done, readers) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            let (send, ready) = channel();
            for _ in 0..4 {
                let send = send.clone();
                let (heap, lock, done, readers) = (&heap, &lock, &done, &readers);
                scope.spawn(move || {
                    heap.mutate(|mc| {
                        let lock = lock.get(mc);
                        send.send(()).unwrap();
                        while !done.load(Ordering::Relaxed) {
                            let guard = lock.read(mc);
                            readers.fetch_add(1, Ordering::Relaxed);
                            thread::yield_now();
                            drop(guard);
                        }
                    });
                });
            }
            (0..4).for_each(|_| ready.recv().unwrap());
            for _ in 0..100 {
                heap.mutate(|mc| lock.get(mc).write(mc).0 += 1);
            }
            done.store(true, Ordering::Relaxed);
        });
        heap.mutate(|mc| assert_eq!(lock.get(mc).read(mc).0, 100));
    });
}

/// Others come to their turn though one thread hardly ever is without the lock: it takes it again at once.
#[test]
fn who_holds_the_lock_all_the_time_does_not_starve_others() {
    watched("a thread that has the lock all the time", || {
        let heap = heap();
        let lock = pair(&heap);
        for (holder_writes, other_writes) in [(true, true), (true, false), (false, true)] {
            let (held, done) = (AtomicUsize::new(0), AtomicBool::new(false));
            thread::scope(|scope| {
                scope.spawn(|| {
                    heap.mutate(|mc| {
                        while !done.load(Ordering::Relaxed) {
                            let lock = lock.get(mc);
                            let _writer = holder_writes.then(|| lock.write(mc));
                            let _reader = (!holder_writes).then(|| lock.read(mc));
                            held.fetch_add(1, Ordering::SeqCst);
                            thread::sleep(Duration::from_millis(2));
                        }
                    });
                });
                let mut before = 0;
                for _ in 0..20 {
                    until("the lock is held again", || held.load(Ordering::SeqCst) > before);
                    heap.mutate(|mc| {
                        if other_writes {
                            lock.get(mc).write(mc).0 += 1
                        } else {
                            drop(lock.get(mc).read(mc))
                        }
                        before = held.load(Ordering::SeqCst);
                    });
                }
                done.store(true, Ordering::Relaxed);
            });
        }
        heap.mutate(|mc| assert_eq!(lock.get(mc).read(mc).0, 40));
    });
}

/// Writers, more than there are processors, take the lock without a break until each has had it often.
#[test]
fn nobody_is_left_out_of_a_crowd() {
    watched("a crowd of writers", || {
        let heap = heap();
        let lock = pair(&heap);
        let behind = AtomicUsize::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    heap.mutate(|mc| {
                        let mut turns = 0;
                        while behind.load(Ordering::Relaxed) > 0 {
                            lock.get(mc).write(mc).0 += 1;
                            turns += 1;
                            if turns == 100 {
                                behind.fetch_sub(1, Ordering::Relaxed);
                            }
                        }
                    });
                });
            }
        });
        heap.mutate(|mc| assert!(lock.get(mc).read(mc).0 >= 800));
    });
}

/// Readers that have waited for a writer wake each other: they meet under the lock.
#[test]
fn readers_that_have_waited_read_together() {
    watched("readers that meet", || {
        let heap = heap();
        let lock = pair(&heap);
        let (about, meet) = (AtomicUsize::new(0), Barrier::new(4));
        thread::scope(|scope| {
            heap.mutate(|mc| {
                let mut held = Gc::as_ref(lock.get(mc)).write(mc);
                for _ in 0..4 {
                    scope.spawn(|| {
                        heap.mutate(|mc| {
                            about.fetch_add(1, Ordering::SeqCst);
                            let pair = Gc::as_ref(lock.get(mc)).read(mc);
                            meet.wait();
                            assert_eq!(pair.0, 1);
                        });
                    });
                }
                until("all readers are about to wait", || about.load(Ordering::SeqCst) == 4);
                thread::sleep(Duration::from_millis(50));
                held.0 = 1;
            });
        });
    });
}

/// A thread that leaked a guard takes the place of no reader of a lock that came to the same address.
#[test]
fn a_leaked_guard_opens_no_other_lock() {
    watched("a leaked guard", || {
        let heap = heap();
        heap.mutate(|mc| {
            let mut lock = Box::new(GcRwLock::new(0_u64));
            std::mem::forget(lock.read(mc));
            *lock = GcRwLock::new(1);
            let (entered, inside) = channel();
            let writes = AtomicBool::new(false);
            thread::scope(|scope| {
                let (heap, lock, writes) = (&heap, &lock, &writes);
                scope.spawn(move || {
                    heap.mutate(|mc| {
                        let mut guard = lock.write(mc);
                        writes.store(true, Ordering::SeqCst);
                        entered.send(()).unwrap();
                        thread::sleep(Duration::from_millis(50));
                        *guard = 2;
                        writes.store(false, Ordering::SeqCst);
                    });
                });
                inside.recv().unwrap();
                let guard = lock.read(mc);
                assert!(!writes.load(Ordering::SeqCst), "a reader came in while a writer was");
                assert_eq!(*guard, 2);
            });
        });
        // A lock whose guard was leaked stays locked, also for its object's next mutation.
        let lock = pair(&heap);
        heap.mutate(|mc| std::mem::forget(lock.get(mc).read(mc)));
        heap.mutate(|mc| {
            assert!(lock.get(mc).try_write(mc).is_none() && lock.get(mc).try_read(mc).is_some())
        });
        heap.collect().unwrap();
        heap.mutate(|mc| assert_eq!(*lock.get(mc).read(mc), (0, 0)));
    });
}
