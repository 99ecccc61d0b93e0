//! Several threads inside one mutation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use gc::{CollectError, Gc, GcCell, GcRefCell, GcRwLock, Heap, Mutation, Root, Seed, Trace};
use rayon::prelude::*;
use tests::canary::{Canary, Ledger};
use tests::rounds;
use tests::watchdog::watched;

#[derive(Trace)]
struct Node<'gc> {
    number: u64,
    left: GcCell<Option<Gc<'gc, Node<'gc>>>>,
    right: GcCell<Option<Gc<'gc, Node<'gc>>>>,
    canary: Canary,
}

fn node<'gc>(mc: &Mutation<'gc>, number: u64, ledger: &Arc<Ledger>) -> Gc<'gc, Node<'gc>> {
    let [left, right] = [None; 2].map(GcCell::new);
    Gc::new(mc, Node { number, left, right, canary: ledger.canary() })
}

/// A tree of `2^depth - 1` nodes, numbered as in a binary heap, whose upper halves are built by two threads each.
fn tree<'gc>(
    seed: &Seed<'gc>,
    number: u64,
    depth: u32,
    forks: u32,
    ledger: &Arc<Ledger>,
) -> Gc<'gc, Node<'gc>> {
    let children = |seed: &Seed<'gc>| match forks {
        0 => [0, 1].map(|side| tree(seed, 2 * number + side, depth - 1, 0, ledger)),
        _ => {
            let side = |side| tree(seed, 2 * number + side, depth - 1, forks - 1, ledger);
            rayon::join(|| side(0), || side(1)).into()
        }
    };
    seed.enter(|mc| {
        let node = node(mc, number, ledger);
        if depth > 1 {
            let [left, right] = children(seed);
            node.left.set(mc, Some(left));
            node.right.set(mc, Some(right));
        }
        node
    })
}

/// Nodes of a tree that is numbered as it should be.
fn count<'gc>(node: Gc<'gc, Node<'gc>>, number: u64) -> usize {
    assert_eq!(node.number, number);
    node.canary.id();
    let sides = [(node.left.get(), 2 * number), (node.right.get(), 2 * number + 1)];
    1 + sides.into_iter().map(|(child, number)| child.map_or(0, |child| count(child, number))).sum::<usize>()
}

#[test]
fn a_tree_that_many_threads_build_is_whole() {
    watched("a tree", || {
        let ledger = Ledger::new(1 << 17);
        let heap = Heap::builder().min_heap_bytes(256 << 10).build();
        let depth = if cfg!(gc_zeal) { 8 } else { 12 };
        let mut kept = Vec::new();
        for _ in 0..rounds(20).min(20) {
            kept.push(heap.mutate(|mc| mc.root(tree(&mc.fork(), 1, depth, 3, &ledger))));
            kept.drain(..kept.len().saturating_sub(2));
            heap.mutate(|mc| {
                kept.iter().for_each(|root| assert_eq!(count(root.get(mc), 1), (1 << depth) - 1))
            });
        }
        drop(kept);
        heap.collect().unwrap();
        heap.verify();
        drop(heap);
        ledger.assert_all_dropped();
    });
}

/// A thread that enters while a stop waits for the one that forked is let in, and what it makes then is kept.
#[test]
fn nobody_waits_for_a_stop_inside_the_mutation_that_it_waits_for() {
    watched("a stop meanwhile", || {
        let heap = Heap::new();
        let (done, stops) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    match heap.collect_timeout(Duration::from_millis(1)) {
                        Ok(_) | Err(CollectError::TimedOut { .. }) => stops.fetch_add(1, Ordering::Relaxed),
                        Err(error) => panic!("{error}"),
                    };
                }
            });
            let mut round = 0;
            // The other thread may not have begun when as many rounds are over.
            while round < rounds(100) || stops.load(Ordering::Relaxed) == 0 {
                round += 1;
                let numbers: Root<[Gc<'static, u64>]> = heap.mutate(|mc| {
                    let seed = mc.fork();
                    let made: Vec<_> = thread::scope(|inner| {
                        let threads: Vec<_> = (0..4_u64)
                            .map(|t| {
                                let seed = &seed;
                                // Each enters often, so that some find the gate closed.
                                inner.spawn(move || {
                                    let make = |n| seed.enter(|mc| Gc::new(mc, t * 1000 + n));
                                    (0..50).map(make).collect::<Vec<_>>()
                                })
                            })
                            .collect();
                        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
                    });
                    mc.root(Gc::from_slice(mc, &made))
                });
                heap.collect().unwrap();
                heap.mutate(|mc| {
                    let expected = (0..4).flat_map(|t| (0..50).map(move |n| t * 1000 + n));
                    assert!(numbers.get(mc).iter().map(|n| **n).eq(expected), "round {round}");
                });
            }
            done.store(true, Ordering::Relaxed);
        });
    });
}

/// The collection waits for the mutation even if only another thread is at work in it.
#[test]
fn what_only_a_forked_thread_knows_is_kept() {
    watched("kept", || {
        let (ledger, heap) = (Ledger::new(2), Heap::new());
        heap.mutate(|mc| {
            let seed = mc.fork();
            thread::scope(|scope| {
                scope.spawn(|| {
                    let kept = seed.enter(|mc| node(mc, 1, &ledger));
                    // Between two entries the thread is inside as far as collections go.
                    let collected = thread::scope(|inner| {
                        inner.spawn(|| heap.collect_timeout(Duration::from_millis(50))).join().unwrap()
                    });
                    assert!(matches!(collected, Err(CollectError::TimedOut { .. })), "{collected:?}");
                    seed.enter(|mc| kept.left.set(mc, Some(node(mc, 2, &ledger))));
                    assert_eq!(count(kept, 1), 2);
                });
            });
        });
        assert_eq!(heap.collect().unwrap().live_objects, 0);
        drop(heap);
        ledger.assert_all_dropped();
    });
}

#[test]
fn a_collection_is_refused_inside() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        let seed = mc.fork();
        let refused = || seed.enter(|_| matches!(heap.collect(), Err(CollectError::InsideMutation { .. })));
        assert!(refused(), "on the thread itself");
        assert!(thread::scope(|scope| scope.spawn(refused).join().unwrap()), "on another one");
    });
    assert!(heap.collect().is_ok());
}

#[test]
fn a_thread_may_fork_what_was_forked() {
    let heap = Heap::new();
    let sum = heap.mutate(|mc| {
        let seed = mc.fork();
        let (made, add) = (Gc::new(mc, GcCell::new(0_u64)), |mc: &Mutation<'_>, cell: &GcCell<u64>, n| {
            let mut now = cell.get();
            while let Err(other) = cell.compare_exchange(mc, now, now + n) {
                now = other;
            }
        });
        // The thread that made the inner seed has ended when it is used.
        let inner = thread::scope(|scope| scope.spawn(|| seed.enter(|mc| mc.fork())).join().unwrap());
        (0..1000_u64).into_par_iter().for_each(|n| inner.enter(|mc| seed.enter(|_| add(mc, &made, n))));
        made.get()
    });
    assert_eq!(sum, 499_500);
}

#[test]
fn cells_are_used_by_all_threads_of_a_mutation() {
    Heap::new().mutate(|mc| {
        let seed = mc.fork();
        let words = Gc::new(mc, GcRwLock::new(Vec::new()));
        (0..rounds(1000)).into_par_iter().for_each(|n| seed.enter(|mc| words.write(mc).push(n)));
        let mut all = words.read(mc).clone();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..rounds(1000)));
        // What a thread has borrowed belongs to it until it leaves.
        let cell = seed.enter(|mc| Gc::new(mc, GcRefCell::new(1)));
        thread::scope(|scope| scope.spawn(|| seed.enter(|mc| *cell.borrow_mut(mc) += 1)).join().unwrap());
        assert_eq!(*cell.borrow(mc), 2, "its thread has left");
    });
}

#[test]
fn a_panic_in_one_thread_leaves_the_mutation_usable() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        let seed = mc.fork();
        let panics = || tests::quietly(true, || seed.enter(|_| panic!("on purpose")));
        let panicked = thread::scope(|scope| scope.spawn(panics).join().is_err());
        assert!(panicked);
        assert_eq!(*seed.enter(|mc| Gc::new(mc, 1)), 1);
    });
    assert!(heap.collect().is_ok());
    heap.verify();
}

/// A thread that is outside, and would wait for a stop if it entered as usual, does not if it enters beside.
#[test]
fn threads_of_other_mutations_still_leave_for_a_stop() {
    watched("two mutations", || {
        let heap = Heap::new();
        let (enter, entered) = channel();
        let (other, steps) = (heap.clone(), &AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(move || {
                entered.recv().unwrap();
                assert!(other.collect().is_ok());
                steps.fetch_add(1, Ordering::SeqCst);
            });
            heap.mutate(|mc| {
                let seed = mc.fork();
                enter.send(()).unwrap();
                while !mc.should_leave() {
                    seed.enter(|mc| Gc::new(mc, 1_u8));
                }
                assert_eq!(steps.load(Ordering::SeqCst), 0, "the collection waits");
            });
        });
        assert_eq!(steps.load(Ordering::SeqCst), 1);
    });
}
