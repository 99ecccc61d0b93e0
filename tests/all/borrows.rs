//! `GcRefCell`: the rules of `RefCell` on one thread, and how a cell goes from thread to thread.

use std::sync::mpsc::channel;
use std::thread;

use gc::{BorrowError, Gc, GcRefCell, Heap, Root};
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
        assert!(matches!(cell.try_borrow_mut(mc), Err(BorrowError::Borrowed { .. })));
        drop(a);
        assert!(matches!(cell.try_borrow_mut(mc), Err(BorrowError::Borrowed { .. })));
        let text = panic_of(|| *cell.borrow_mut(mc) = 2);
        assert!(text.contains("GcRefCell::borrow_mut") && text.contains("already borrowed"), "{text}");
        drop(b);
        let mut c = cell.borrow_mut(mc);
        *c = 3;
        assert_eq!(format!("{c:?} {cell:?}"), "3 GcRefCell(borrowed exclusively)");
        assert!(matches!(cell.try_borrow(mc), Err(BorrowError::Borrowed { .. })));
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
        for _ in 0..(1 << 24) - 2 {
            std::mem::forget(cell.borrow(mc));
        }
        assert!(matches!(cell.try_borrow(mc), Err(BorrowError::Borrowed { .. })));
        assert_eq!(format!("{cell:?}"), "GcRefCell(borrowed)");
    });
}

#[test]
fn a_cell_is_adopted_when_its_owner_is_outside() {
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
fn a_cell_is_adopted_when_its_owner_has_ended() {
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

#[test]
fn an_owner_that_is_inside_is_named() {
    watched("an owner inside", || {
        let heap = heap();
        let cell = cell(&heap);
        let (entered, inside) = channel();
        let (go, wait) = channel::<()>();
        thread::scope(|scope| {
            let owner = thread::Builder::new().name("the owner".into());
            let (heap, cell) = (&heap, &cell);
            owner
                .spawn_scoped(scope, move || {
                    heap.mutate(|mc| {
                        let cell = cell.get(mc);
                        cell.borrow_mut(mc).push(2);
                        entered.send(()).unwrap();
                        let _ = wait.recv();
                        assert_eq!(*cell.borrow(mc), [1, 2]);
                    });
                })
                .unwrap();
            inside.recv().unwrap();
            heap.mutate(|mc| {
                let cell = cell.get(mc);
                let owned = BorrowError::OwnedBy { thread: "the owner".into() };
                assert_eq!(cell.try_borrow(mc).err(), Some(owned.clone()));
                assert_eq!(cell.try_borrow_mut(mc).err(), Some(owned));
                let text = panic_of(|| cell.borrow(mc).len());
                assert!(text.contains("the owner") && text.contains("GcRwLock"), "{text}");
            });
            drop(go);
        });
        heap.mutate(|mc| cell.get(mc).borrow_mut(mc).push(3));
    });
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
            assert!(matches!(shared.get(mc).try_borrow_mut(mc), Err(BorrowError::Borrowed { .. })));
            assert!(matches!(exclusive.get(mc).try_borrow(mc), Err(BorrowError::Borrowed { .. })));
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
            b.mutate(|inner| assert!(matches!(cell.try_borrow(inner), Err(BorrowError::Borrowed { .. }))));
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
                                Err(BorrowError::OwnedBy { .. }) => 0,
                                Err(other) => panic!("{other}"),
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
            let error = cell.try_borrow_mut(other).unwrap_err();
            assert!(matches!(error, BorrowError::Borrowed { exclusive: false, .. }));
        });
        assert_eq!(*borrow, [1, 2, 3]);
    });
}
