//! Many threads in one heap: they allocate, link and unlink while cycles run, and nobody waits for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use gc::{Gc, GcCell, GcRwLock, Heap, Root, Trace};
use rayon::prelude::*;
use tests::canary::{Canary, Ledger};
use tests::rounds;
use tests::shapes::{self, Dice, Node, Shape};
use tests::watchdog::watched;

const THREADS: usize = 8;

/// What the threads share: a table of lists.
#[derive(Trace)]
struct Table<'gc> {
    slots: [GcCell<Option<Gc<'gc, Item<'gc>>>>; 64],
}

#[derive(Trace)]
struct Item<'gc> {
    canary: Canary,
    length: u64,
    next: Option<Gc<'gc, Item<'gc>>>,
}

fn push<'gc>(mc: &gc::Mutation<'gc>, table: Gc<'gc, Table<'gc>>, at: usize, ledger: &Arc<Ledger>) {
    let slot = &table.slots[at];
    let mut next = slot.get();
    loop {
        let length = next.map_or(0, |item| item.length) + 1;
        let item = Gc::new(mc, Item { canary: ledger.canary(), length, next });
        match slot.compare_exchange(mc, next, Some(item)) {
            Ok(_) => return,
            Err(now) => next = now,
        }
    }
}

/// The number of items of a list, each of which knows how many follow.
fn length<'gc>(list: Option<Gc<'gc, Item<'gc>>>) -> u64 {
    let mut expected = list.map_or(0, |item| item.length);
    for item in std::iter::successors(list, |item| item.next) {
        assert_eq!(item.length, expected);
        item.canary.id();
        expected -= 1;
    }
    assert_eq!(expected, 0);
    list.map_or(0, |item| item.length)
}

#[test]
fn eight_threads_link_and_unlink_while_cycles_run() {
    watched("eight threads", || {
        let n = rounds(3_000);
        let heap = Heap::builder().min_heap_bytes(256 << 10).build();
        let ledger = Ledger::new(THREADS * n * 40);
        let table: Root<Table<'static>> = heap.mutate(|mc| {
            let slots = core::array::from_fn(|_| GcCell::new(None));
            mc.root(Gc::new(mc, Table { slots }))
        });
        thread::scope(|scope| {
            for seed in 0..THREADS {
                let (heap, ledger, table) = (&heap, &ledger, &table);
                scope.spawn(move || {
                    let mut dice = Dice::new(seed as u64);
                    for round in 0..n {
                        heap.mutate(|mc| {
                            let table = table.get(mc);
                            (0..8).for_each(|_| push(mc, table, dice.below(64), ledger));
                            // Unlink a list, look at it, and put it back elsewhere or let it die.
                            let (from, to) = (dice.below(64), dice.below(64));
                            let list = table.slots[from].replace(mc, None);
                            if length(list) < 20 && dice.below(2) == 0 {
                                table.slots[to].set(mc, list);
                            }
                        });
                        if round % 500 == 0 {
                            heap.collect().unwrap();
                        }
                    }
                });
            }
        });
        let stats = heap.collect().unwrap();
        heap.verify();
        let left: u64 = heap.mutate(|mc| table.get(mc).slots.iter().map(|slot| length(slot.get())).sum());
        assert!(left >= ledger.alive() as u64 && stats.live_objects == ledger.alive() as u64 + 1);
        drop(table);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// Objects may be read by threads that are not inside a mutation of their own, while the mutation they come from
/// is open.
#[test]
fn scoped_threads_read_inside_a_mutation() {
    let (heap, ledger) = (Heap::new(), Ledger::new(1000));
    heap.mutate(|mc| {
        let list: Vec<_> = (0..1000).map(|_| Node::new(mc, &ledger)).collect();
        let slice = Gc::from_slice(mc, &list);
        thread::scope(|scope| {
            for part in 0..4 {
                scope.spawn(move || {
                    let part = Gc::project(slice, |slice| &slice[part * 250..][..250]);
                    assert!(part.iter().all(|node| node.canary.id() < 1000 && node.left.get().is_none()));
                });
            }
        });
        let sum: usize = slice.par_iter().map(|node| node.canary.id()).sum();
        assert_eq!(sum, 999 * 500);
    });
}

#[test]
fn rayon_workers_are_mutators() {
    watched("rayon workers", || {
        let n = rounds(20_000);
        let heap = Heap::builder().min_heap_bytes(256 << 10).build();
        let ledger = Ledger::new(n * 10);
        let roots: Vec<Root<Node<'static>>> = (0..n)
            .into_par_iter()
            .map(|_| {
                heap.mutate(|mc| {
                    // A ring is all in words, which any thread may read at any time.
                    let [ring, _garbage] = [4, 2].map(|n| shapes::ring(mc, &ledger, n));
                    mc.root(ring)
                })
            })
            .collect();
        heap.collect().unwrap();
        assert_eq!(ledger.alive(), 4 * n);
        let good =
            roots.par_iter().filter(|root| heap.mutate(|mc| Shape::of_ring(root.get(mc)) == 4)).count();
        assert_eq!(good, n);
        // Jobs that are nested in a mutation may be run by this very thread, inside it.
        let total: usize = heap.mutate(|_| {
            roots[..roots.len().min(100)]
                .par_iter()
                .map(|root| heap.mutate(|mc| Shape::of_ring(root.get(mc))))
                .sum()
        });
        assert_eq!(total, 4 * roots.len().min(100));
        drop(roots);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// The first of the shapes in which a stop could dead-lock: a thread inside waits for one that waits to enter.
#[test]
fn a_thread_inside_may_wait_for_one_that_wants_to_enter() {
    watched("a lock cycle through a stop", || {
        let heap = Heap::builder().min_heap_bytes(4 << 10).build();
        for _ in 0..3 {
            let (send, wait) = channel();
            let (inside, entered) = channel();
            thread::scope(|scope| {
                let heap = &heap;
                scope.spawn(move || {
                    heap.mutate(|_| {
                        inside.send(()).unwrap();
                        assert_eq!(wait.recv().unwrap(), 7, "from a mutation of the other thread");
                    });
                });
                entered.recv().unwrap();
                let collector = scope.spawn(|| heap.collect().unwrap());
                // The collector has closed the gate, or is about to.
                thread::sleep(Duration::from_millis(5));
                heap.mutate(|mc| send.send(*Gc::new(mc, 7_u64)).unwrap());
                collector.join().unwrap();
            });
        }
    });
}

#[test]
fn several_threads_collect_at_once() {
    watched("several collections", || {
        let (heap, ledger) = (Heap::new(), Ledger::new(100_000));
        let counted: Root<GcRwLock<u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(0_u64))));
        let n = rounds(300);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..n {
                        heap.mutate(|mc| {
                            (0..10)
                                .for_each(|_| assert!(ledger.is_alive(Node::new(mc, &ledger).canary.id())));
                            *counted.get(mc).write(mc) += 1;
                        });
                        heap.collect().unwrap();
                    }
                });
            }
        });
        heap.mutate(|mc| assert_eq!(*counted.get(mc).read(mc), 4 * n as u64));
        heap.collect().unwrap();
        ledger.assert_all_dropped();
        // Calls at the same time may share a cycle, those of one thread do not.
        assert!(heap.stats().cycles >= n as u64);
    });
}

/// Destructors that are due run while other threads allocate in their class and collect.
#[test]
fn destructors_run_beside_allocation() {
    watched("destructors beside allocation", || {
        let n = rounds(200);
        let (heap, ledger) =
            (Heap::builder().min_heap_bytes(16 << 10).build(), Ledger::new(THREADS * n * 100));
        let kept = AtomicUsize::new(0);
        thread::scope(|scope| {
            for seed in 0..THREADS {
                let (heap, ledger, kept) = (&heap, &ledger, &kept);
                scope.spawn(move || {
                    let mut dice = Dice::new(seed as u64);
                    let mut roots: Vec<(usize, Root<Canary>)> = Vec::new();
                    for round in 0..n {
                        heap.mutate(|mc| {
                            for _ in 0..100 {
                                let canary = Gc::new(mc, ledger.canary());
                                if dice.below(10) == 0 {
                                    roots.push((canary.id(), mc.root(canary)));
                                }
                            }
                            assert!(roots.iter().all(|(id, root)| root.get(mc).id() == *id));
                        });
                        roots.retain(|_| dice.below(5) > 0);
                        if round % 50 == 7 {
                            heap.collect().unwrap();
                        }
                    }
                    kept.fetch_add(roots.len(), Ordering::Relaxed);
                });
            }
        });
        heap.collect().unwrap();
        heap.verify();
        ledger.assert_all_dropped();
        assert_eq!(heap.stats().objects(), 0);
    });
}

/// `Heap::verify` asks nobody to stand still.
#[test]
fn memory_is_verified_while_it_is_swept() {
    let heap = Heap::builder().min_heap_bytes(1 << 16).build();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..400_u64 {
                heap.mutate(|mc| {
                    for i in 0..500 {
                        Gc::new(mc, (round, i));
                        Gc::new(mc, (round.to_string(), i));
                    }
                });
                if round % 16 == 0 {
                    heap.collect().unwrap();
                }
            }
            done.store(true, Ordering::Relaxed);
        });
        while !done.load(Ordering::Relaxed) {
            heap.verify();
        }
    });
}
