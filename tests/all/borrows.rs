//! `GcRefCell`: the rules of `RefCell`, on one thread and on several.

use std::sync::mpsc::channel;
use std::thread;

use gc::{Gc, GcRefCell, Heap, Root};
use tests::canary::{Canary, Ledger};
use tests::watchdog::watched;
use tests::{panic_of, panic_place, rounds};

fn heap() -> Heap {
    tests::on_request().build()
}

type Cell = Root<GcRefCell<Vec<u64>>>;

fn cell(heap: &Heap) -> Cell {
    heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(vec![1_u64]))))
}

#[test]
fn borrows_conflict_as_in_a_ref_cell() {
    let heap = heap();
    heap.mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u64));
        let (a, b) = (cell.borrow(mc), cell.borrow(mc));
        assert_eq!((*a, *b, format!("{a:?} {cell:?}")), (1, 1, "1 GcRefCell(borrowed)".into()));
        assert!(cell.try_borrow_mut(mc).is_err());
        drop(a);
        assert!(cell.try_borrow_mut(mc).is_err());
        let text = panic_of(|| *cell.borrow_mut(mc) = 2);
        assert!(text.contains("GcRefCell::borrow_mut") && text.contains("already borrowed"), "{text}");
        drop(b);
        let mut c = cell.borrow_mut(mc);
        *c = 3;
        assert_eq!(format!("{c:?} {cell:?}"), "3 GcRefCell(borrowed exclusively)");
        assert!(cell.try_borrow(mc).is_err());
        assert!(cell.try_borrow_mut(mc).is_err());
        assert!(panic_of(|| *cell.borrow(mc)).contains("GcRefCell::borrow:"));
        // A mutation inside the mutation is of the same thread.
        heap.mutate(|inner| assert!(cell.try_borrow(inner).is_err()));
        drop(c);
        heap.mutate(|inner| *cell.borrow_mut(inner) += 1);
        assert_eq!(*cell.borrow(mc), 4);
        assert_eq!(format!("{cell:?}"), "GcRefCell(free)");
    });
    let mut owned = GcRefCell::<Vec<u8>>::default();
    owned.get_mut().push(1);
    assert_eq!(owned.into_inner(), [1]);
}

#[test]
fn conflicts_are_reported_where_they_are() {
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u64));
        let _guard = cell.borrow_mut(mc);
        let (place, line) = (panic_place(|| *cell.borrow(mc)), line!());
        assert_eq!(place, (file!().to_owned(), line));
        let (place, line) = (panic_place(|| *cell.borrow_mut(mc) = 2), line!());
        assert_eq!(place, (file!().to_owned(), line));
    });
}

#[test]
fn many_shared_borrows() {
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u64));
        let guards: Vec<_> = (0..100_000).map(|_| cell.borrow(mc)).collect();
        assert!(cell.try_borrow_mut(mc).is_err());
        drop(guards);
        assert!(cell.try_borrow_mut(mc).is_ok());
        // The borrows that a word can count, and not one more, which would read as an exclusive one.
        for _ in 0..(1 << 20) - 2 {
            std::mem::forget(cell.borrow(mc));
        }
        assert!(cell.try_borrow(mc).is_err());
        assert_eq!(format!("{cell:?}"), "GcRefCell(borrowed)");
    });
}

#[test]
fn a_cell_outlives_the_mutation_that_used_it() {
    let heap = heap();
    let cell = cell(&heap);
    // The owner exists, and comes back later.
    thread::scope(|scope| {
        let (heap, cell) = (&heap, &cell);
        for _ in 0..10 {
            heap.mutate(|mc| cell.get(mc).borrow_mut(mc).push(2));
            scope.spawn(move || heap.mutate(|mc| cell.get(mc).borrow_mut(mc).push(3))).join().unwrap();
        }
    });
    heap.mutate(|mc| assert_eq!(cell.get(mc).borrow(mc).len(), 21));
}

#[test]
fn a_cell_outlives_the_thread_that_used_it() {
    let heap = heap();
    let cell = cell(&heap);
    for at in 0..20 {
        let (heap, cell) = (heap.clone(), cell.clone());
        thread::spawn(move || {
            heap.mutate(|mc| {
                let cell = cell.get(mc);
                assert_eq!(cell.borrow(mc).len(), 1 + at);
                cell.borrow_mut(mc).push(1);
            });
        })
        .join()
        .unwrap();
    }
}

/// Lets a thread borrow the cell in a mutation, by `hold`, and calls `meanwhile` before that mutation ends.
fn while_borrowed(
    heap: &Heap,
    cell: &Cell,
    hold: impl FnOnce(&gc::Mutation<'_>, Gc<'_, GcRefCell<Vec<u64>>>, &dyn Fn()) + Send,
    meanwhile: impl FnOnce(),
) {
    let (entered, inside) = channel();
    let (go, wait) = channel::<()>();
    thread::scope(|scope| {
        let owner = thread::Builder::new().name("the other".into());
        let held = move || {
            heap.mutate(|mc| {
                hold(mc, cell.get(mc), &|| {
                    entered.send(()).unwrap();
                    let _ = wait.recv();
                });
            });
        };
        owner.spawn_scoped(scope, held).unwrap();
        inside.recv().unwrap();
        meanwhile();
        drop(go);
    });
}

#[test]
fn a_thread_that_borrows_nothing_is_not_in_the_way() {
    watched("an owner inside", || {
        let heap = heap();
        let cell = cell(&heap);
        while_borrowed(
            &heap,
            &cell,
            |mc, cell, wait| {
                cell.borrow_mut(mc).push(2);
                wait();
                // The other thread has read it and written it meanwhile.
                assert_eq!(*cell.borrow(mc), [1, 2, 3]);
                cell.borrow_mut(mc).push(4);
            },
            || {
                heap.mutate(|mc| {
                    let cell = cell.get(mc);
                    assert_eq!(*cell.borrow(mc), [1, 2]);
                    cell.borrow_mut(mc).push(3);
                });
            },
        );
        heap.mutate(|mc| assert_eq!(*cell.get(mc).borrow(mc), [1, 2, 3, 4]));
    });
}

#[test]
fn threads_read_together() {
    watched("readers of one cell", || {
        let heap = heap();
        let cell = cell(&heap);
        while_borrowed(
            &heap,
            &cell,
            |mc, cell, wait| {
                let guard = cell.borrow(mc);
                wait();
                assert_eq!(*guard, [1]);
            },
            || {
                heap.mutate(|mc| {
                    let cell = cell.get(mc);
                    let (one, two) = (cell.borrow(mc), cell.borrow(mc));
                    assert_eq!((&*one, &*two), (&vec![1], &vec![1]));
                    drop(one);
                    assert!(cell.try_borrow_mut(mc).is_err());
                    drop(two);
                    // The other thread still reads.
                    let error = cell.try_borrow_mut(mc).unwrap_err();
                    assert!(!error.is_exclusive());
                    assert_eq!(error.thread().is_some(), cfg!(debug_assertions));
                });
            },
        );
        heap.mutate(|mc| cell.get(mc).borrow_mut(mc).push(2));
    });
}

/// Not one read is refused where nobody writes, whoever comes first.
#[test]
fn readers_never_refuse_each_other() {
    watched("readers alone", || {
        let (heap, n) = (heap(), rounds(2_000));
        let cells: Vec<Cell> = (0..50).map(|_| cell(&heap)).collect();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..n {
                        heap.mutate(|mc| {
                            let guards = cells.iter().map(|cell| cell.get(mc).borrow(mc));
                            assert!(guards.collect::<Vec<_>>().iter().all(|guard| **guard == [1]));
                        });
                    }
                });
            }
        });
    });
}

#[test]
fn a_writer_on_another_thread_is_named() {
    watched("a writer inside", || {
        let heap = heap();
        let cell = cell(&heap);
        while_borrowed(
            &heap,
            &cell,
            |mc, cell, wait| {
                let mut guard = cell.borrow_mut(mc);
                wait();
                guard.push(2);
            },
            || {
                heap.mutate(|mc| {
                    let cell = cell.get(mc);
                    for error in [cell.try_borrow(mc).err(), cell.try_borrow_mut(mc).err()] {
                        let error = error.unwrap();
                        assert!(error.is_exclusive());
                        assert_eq!(error.thread().as_deref(), Some("the other"));
                        // None if other tests have taken the room for what is noted.
                        assert!(error.place().is_none_or(|place| place.file() == file!()));
                    }
                    let text = panic_of(|| cell.borrow(mc).len());
                    assert!(text.contains("the other"), "{text}");
                });
            },
        );
        heap.mutate(|mc| assert_eq!(*cell.get(mc).borrow(mc), [1, 2]));
    });
}

/// Who comes to a cell of another thread leaves no trace in it that outlasts a collection.
#[test]
fn a_collection_forgets_who_came() {
    let heap = heap();
    let cell: Root<GcRefCell<Vec<Gc<'static, u64>>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(vec![]))));
    for at in 0..3 {
        heap.mutate(|mc| cell.get(mc).borrow_mut(mc).push(Gc::new(mc, at)));
        thread::scope(|scope| {
            scope.spawn(|| heap.mutate(|mc| cell.get(mc).borrow_mut(mc).push(Gc::new(mc, at))));
        });
        heap.collect().unwrap();
    }
    heap.mutate(|mc| assert_eq!(cell.get(mc).borrow(mc).len(), 6));
}

#[test]
fn a_leaked_guard_locks_for_ever_but_hides_nothing() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    let make = || -> Root<GcRefCell<Vec<Gc<'static, Canary>>>> {
        heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(vec![Gc::new(mc, ledger.canary())]))))
    };
    let (shared, exclusive) = (make(), make());
    let leak = || {
        heap.mutate(|mc| {
            std::mem::forget(shared.get(mc).borrow(mc));
            std::mem::forget(exclusive.get(mc).borrow_mut(mc));
        });
    };
    thread::scope(|scope| scope.spawn(leak).join().unwrap());
    let still = || {
        heap.mutate(|mc| {
            assert!(shared.get(mc).try_borrow_mut(mc).is_err());
            assert!(exclusive.get(mc).try_borrow(mc).is_err());
        });
    };
    still();
    thread::scope(|scope| scope.spawn(still).join().unwrap());
    // Contents under a leaked guard are traced, and dropped with their object.
    heap.collect().unwrap();
    assert_eq!((ledger.alive(), heap.stats().objects()), (2, 4));
    still();
    drop((shared, exclusive));
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// A cell without brand may be used by mutations of several heaps, on several threads.
#[test]
fn one_cell_and_two_heaps() {
    watched("one cell, two heaps", || {
        let (a, b, n) = (heap(), heap(), rounds(20_000));
        let cell = GcRefCell::new((0_u64, 0_u64));
        // On one thread: two mutators.
        a.mutate(|outer| {
            let guard = cell.borrow_mut(outer);
            b.mutate(|inner| assert!(cell.try_borrow(inner).is_err()));
            drop(guard);
            b.mutate(|inner| assert!(cell.try_borrow(inner).is_ok(), "both are this thread's"));
        });
        b.mutate(|mc| cell.borrow_mut(mc).0 += 1);
        a.mutate(|mc| cell.borrow_mut(mc).0 -= 1);
        // On two: never at the same time.
        let done: u64 = thread::scope(|scope| {
            let adders = [&a, &b].map(|heap| {
                let cell = &cell;
                scope.spawn(move || {
                    let add = |mc: &gc::Mutation<'_>| {
                        let Ok(mut pair) = cell.try_borrow_mut(mc) else { return 0 };
                        assert_eq!(pair.0, pair.1);
                        pair.0 += 1;
                        std::hint::black_box(&mut *pair);
                        pair.1 += 1;
                        1
                    };
                    (0..n).map(|_| heap.mutate(|mc| add(mc))).sum::<u64>()
                })
            });
            adders.map(|adder| adder.join().unwrap()).iter().sum()
        });
        let mut cell = cell;
        assert_eq!(*cell.get_mut(), (done, done));
        assert!(done > 0);
    });
}

/// Threads that take a cell from each other see all that was done before, and at no time two have it.
#[test]
fn threads_take_turns() {
    watched("threads take turns", || {
        let (heap, n) = (heap(), rounds(20_000));
        let cell: Root<GcRefCell<(u64, u64)>> =
            heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new((0_u64, 0_u64)))));
        let done: u64 = thread::scope(|scope| {
            let threads = [(); 4].map(|()| {
                let (heap, cell) = (&heap, &cell);
                scope.spawn(move || {
                    (0..n)
                        .map(|_| {
                            heap.mutate(|mc| match cell.get(mc).try_borrow_mut(mc) {
                                Ok(mut pair) => {
                                    assert_eq!(pair.0, pair.1);
                                    pair.0 += 1;
                                    std::hint::black_box(&mut *pair);
                                    pair.1 += 1;
                                    1
                                }
                                Err(_) => 0,
                            })
                        })
                        .sum::<u64>()
                })
            });
            threads.map(|thread| thread.join().unwrap()).iter().sum()
        });
        heap.mutate(|mc| assert_eq!(*cell.get(mc).borrow(mc), (done, done)));
    });
}

/// A thread has a mutator for each heap; a cell that one of them has used is not another thread's.
#[test]
fn a_cell_is_borrowed_in_mutations_of_two_heaps() {
    let (ours, theirs) = (heap(), heap());
    ours.mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(vec![1]));
        cell.borrow_mut(mc).push(2);
        theirs.mutate(|other| {
            assert_eq!(cell.borrow(other).len(), 2);
            cell.borrow_mut(other).push(3);
        });
        let borrow = cell.borrow(mc);
        theirs.mutate(|other| {
            assert!(!cell.try_borrow_mut(other).unwrap_err().is_exclusive());
        });
        assert_eq!(*borrow, [1, 2, 3]);
    });
}
