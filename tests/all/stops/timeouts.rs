//! Waiting for a limited time, and being asked to leave.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use gc::{CollectError, Gc, Heap, ThreadInside};

use tests::patience::Since;

use super::{Done, lively, quiet, until};

/// Runs `run` while a thread of this name is inside a mutation of the heap, entered at the line that is passed on;
/// it leaves when `run` returns.
fn while_inside<R>(heap: &Heap, name: &str, run: impl FnOnce(u32) -> R) -> R {
    let (go, wait) = channel::<()>();
    let (inside, entered) = channel();
    let stay = move |heap: &Heap, wait: Receiver<()>| {
        let line = line!() + 1;
        heap.mutate(|_| {
            inside.send(line).unwrap();
            let _ = wait.recv();
        });
    };
    thread::scope(|scope| {
        // Dropped before the scope waits, whatever happens.
        let go = go;
        thread::Builder::new()
            .name(name.to_owned())
            .spawn_scoped(scope, move || stay(heap, wait))
            .expect("a thread can be had");
        let result = run(entered.recv().unwrap());
        drop(go);
        result
    })
}

#[track_caller]
fn timed_out(heap: &Heap, limit: Duration) -> (Duration, Vec<ThreadInside>) {
    match heap.collect_timeout(limit) {
        Err(CollectError::TimedOut { waited, inside }) => (waited, inside),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_error_names_threads_and_the_collection_takes_place_when_they_have_left() {
    lively("a collection that times out", || {
        let heap = quiet();
        heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
        let entered = Instant::now();
        while_inside(&heap, "dawdles", |line| {
            let limit = Duration::from_millis(300);
            let (start, since) = (Instant::now(), Since::now());
            let (waited, inside) = timed_out(&heap, limit);
            let (elapsed, patient) = (start.elapsed(), since.elapsed());
            assert!(waited >= limit && waited <= elapsed, "{waited:?}, {elapsed:?}");
            assert!(patient < limit * 5, "{patient:?}");
            let [thread] = &inside[..] else { panic!("{inside:?}") };
            assert_eq!((&*thread.thread, thread.entered.line()), ("dawdles", line));
            assert!(thread.entered.file().ends_with("timeouts.rs"));
            // It was inside before the call, and has been ever since.
            assert!(thread.at_least >= limit && thread.at_least <= entered.elapsed(), "{thread}");
            let text = CollectError::TimedOut { waited, inside: inside.clone() }.to_string();
            assert!(text.contains(&thread.to_string()) && text.contains("collect_timeout()"), "{text}");
            assert_eq!(heap.stats().cycles, 0);
        });
        until("the collection takes place", || heap.stats().cycles == 1);
        until("what it found dead is swept", || heap.stats().objects() == 0);
        assert_eq!(heap.stats().cycles_automatic, 0);
    });
}

/// Of two mutations that a thread was inside of one after the other the second is not said to last since the first.
#[test]
fn another_mutation_of_the_thread_has_not_been_waited_for() {
    lively("another mutation", || {
        let heap = quiet();
        let (reached, wait) = channel();
        let (go, gone) = channel::<()>();
        thread::scope(|scope| {
            let heap = &heap;
            scope.spawn(move || {
                heap.mutate(|mc| {
                    reached.send(()).unwrap();
                    // Until the attempt to stop has begun.
                    while !mc.should_leave() {
                        thread::yield_now();
                    }
                    thread::sleep(Duration::from_millis(100));
                });
                heap.mutate(|_| {
                    let _ = gone.recv();
                });
            });
            wait.recv().unwrap();
            let limit = Duration::from_secs(1);
            // Either the collection took place between the two, or the second mutation is a new one.
            match heap.collect_timeout(limit) {
                Err(CollectError::TimedOut { inside, .. }) => {
                    assert!(inside.iter().all(|thread| thread.at_least < limit), "{inside:?}");
                }
                other => assert_eq!(other.unwrap().live_objects, 0),
            }
            drop(go);
        });
    });
}

/// They wait for the same cycle.
#[test]
fn calls_that_time_out_share_a_collection() {
    lively("calls that time out", || {
        let heap = quiet();
        while_inside(&heap, "dawdles", |_| {
            for _ in 0..5 {
                let (_, inside) = timed_out(&heap, Duration::from_millis(20));
                assert_eq!(inside.len(), 1, "{inside:?}");
            }
        });
        until("the collection takes place", || heap.stats().cycles > 0);
        assert!(heap.collect().is_ok());
        assert_eq!(heap.stats().cycles, 2);
    });
}

#[test]
fn a_limit_that_is_long_or_short_makes_no_difference_when_nobody_is_inside() {
    lively("limits", || {
        let heap = quiet();
        for limit in [Duration::MAX, Duration::from_secs(60), Duration::ZERO] {
            heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
            assert_eq!(heap.collect_timeout(limit).unwrap().dead_objects, 1);
        }
        thread::scope(|scope| {
            // Attached and outside.
            scope.spawn(|| heap.mutate(|_| ())).join().unwrap();
            heap.collect_timeout(Duration::MAX).unwrap();
        });
    });
}

/// While entry is still free, from shortly before the cycle is due.
#[test]
fn mutators_are_asked_to_leave_before_a_cycle_is_due() {
    if cfg!(gc_zeal) {
        return; // cycles come at every safepoint
    }
    const GOAL: usize = 4 << 20;
    lively("asked to leave", || {
        let heap = Heap::builder().min_heap_bytes(GOAL).build();
        let (ask, asked) = channel::<()>();
        let (answer, answers) = channel();
        thread::scope(|scope| {
            let heap = &heap;
            scope.spawn(move || {
                let mut mutator = heap.attach();
                for () in asked {
                    answer.send(mutator.mutate(|mc| mc.should_leave())).unwrap();
                }
            });
            let should_other_leave = || {
                ask.send(()).unwrap();
                answers.recv().unwrap()
            };
            for round in 1..4 {
                assert!(!should_other_leave());
                let allocated = heap.mutate(|mc| {
                    let mut allocated = 0;
                    while !mc.should_leave() {
                        assert!(allocated <= GOAL, "a cycle is due");
                        Gc::new(mc, [0_u64; 16]);
                        allocated += size_of::<[u64; 16]>();
                    }
                    // Everybody is, and may enter; also those who attach now.
                    assert!(should_other_leave());
                    assert!(scope.spawn(|| heap.mutate(|mc| mc.should_leave())).join().unwrap());
                    assert_eq!(heap.stats().cycles, round - 1);
                    let rest = GOAL - allocated;
                    Gc::from_iter(mc, (0..rest / 8).map(|n| n as u64));
                    allocated
                });
                // What was claimed and not used counts, too.
                assert!(allocated > GOAL / 4 * 3, "{allocated}");
                until("the cycle runs", || heap.stats().cycles_automatic == round);
                assert!(!heap.mutate(|mc| mc.should_leave()));
            }
            drop(ask);
        });
    });
}

#[test]
fn nobody_is_asked_to_leave_when_nothing_waits() {
    let heap = quiet();
    heap.mutate(|mc| {
        for _ in 0..1_000 {
            Gc::new(mc, [0_u64; 8192]);
            assert!(!mc.should_leave(), "no cycle will come");
        }
    });
}

/// Also between two attempts to stop the world.
#[test]
fn a_thread_is_asked_to_leave_as_long_as_a_collection_waits() {
    lively("asked to leave for a collection", || {
        let (heap, asked) = (quiet(), AtomicBool::new(false));
        thread::scope(|scope| {
            let _done = Done(&asked);
            let collector = scope.spawn(|| {
                while !asked.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
                heap.collect().unwrap();
            });
            let withdrawn = heap.mutate(|mc| {
                assert!(!mc.should_leave());
                asked.store(true, Ordering::Relaxed);
                while !mc.should_leave() {
                    thread::yield_now();
                }
                let start = Instant::now();
                // The attempts of this time have 10, 20 and 40 ms of patience.
                while start.elapsed() < Duration::from_millis(600) && mc.should_leave() {
                    thread::yield_now();
                }
                (!mc.should_leave()).then(|| start.elapsed())
            });
            assert_eq!(withdrawn, None, "a collection waits, and the thread may stay");
            collector.join().unwrap();
            assert!(!heap.mutate(|mc| mc.should_leave()), "nothing waits");
        });
    });
}
