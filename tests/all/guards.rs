//! Guards that were mapped and split: they release and account for what the first one would have.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use gc::{Gc, GcRefCell, GcRwLock, Heap, Mutation, ReadGuard, Ref, RefMut, Root, Trace, WriteGuard};
use tests::canary::{Canary, Ledger};
use tests::panic_of;
use tests::watchdog::watched;

#[derive(Trace, Default, Debug)]
struct Book {
    title: String,
    pages: Vec<u64>,
}

fn heap() -> Heap {
    tests::on_request().build()
}

/// What both kinds of cells do, in the words of each.
macro_rules! both_kinds {
    ($($name:ident: $Cell:ident, $Reads:ident, $Writes:ident, $read:ident, $write:ident, $reads:expr, $writes:expr;)*) => {$(
        mod $name {
            use super::*;

            type Cell = $Cell<Book>;

            fn book() -> Cell {
                Cell::new(Book { title: "a title".into(), pages: vec![1, 2, 3] })
            }

            /// Whether the cell can be borrowed shared, and exclusively.
            fn free(mc: &Mutation<'_>, cell: &Cell) -> (bool, bool) {
                let (reads, writes): (fn(&Mutation<'_>, &Cell) -> bool, fn(&Mutation<'_>, &Cell) -> bool) =
                    ($reads, $writes);
                (reads(mc, cell), writes(mc, cell))
            }

            #[test]
            fn a_mapped_guard_borrows_the_whole_cell() {
                heap().mutate(|mc| {
                    let cell = Gc::new(mc, book());
                    let title = $Reads::map(cell.$read(mc), |book| book.title.as_str());
                    assert_eq!((&*title, free(mc, &cell)), ("a title", (true, false)));
                    assert_eq!(format!("{title} {title:?}"), "a title \"a title\"");
                    let first = $Reads::map(title, |title| &title[..1]);
                    assert_eq!((&*first, free(mc, &cell)), ("a", (true, false)));
                    drop(first);
                    assert_eq!(free(mc, &cell), (true, true));

                    let pages = $Writes::map(cell.$write(mc), |book| &mut book.pages);
                    assert_eq!(free(mc, &cell), (false, false));
                    let mut some = $Writes::map(pages, |pages| &mut pages[1..]);
                    some.fill(7);
                    assert_eq!((format!("{some:?}"), free(mc, &cell)), ("[7, 7]".into(), (false, false)));
                    drop(some);
                    assert_eq!(free(mc, &cell), (true, true));
                    assert_eq!(cell.$read(mc).pages, [1, 7, 7]);
                });
            }

            #[test]
            fn what_is_not_there_gives_the_guard_back() {
                heap().mutate(|mc| {
                    let cell = Gc::new(mc, book());
                    let whole = $Reads::filter_map(cell.$read(mc), |book| book.pages.get(3)).unwrap_err();
                    assert_eq!((whole.pages.len(), free(mc, &cell)), (3, (true, false)));
                    let page = $Reads::filter_map(whole, |book| book.pages.get(2)).unwrap();
                    assert_eq!((*page, free(mc, &cell)), (3, (true, false)));
                    drop(page);
                    fn no_page(book: &mut Book) -> Option<&mut u64> {
                        book.pages.push(4);
                        book.pages.get_mut(9)
                    }
                    let Err(mut whole) = $Writes::filter_map(cell.$write(mc), no_page) else {
                        panic!("there are four pages")
                    };
                    whole.pages.push(5);
                    assert_eq!(free(mc, &cell), (false, false));
                    let Ok(mut page) = $Writes::filter_map(whole, |book| book.pages.first_mut()) else {
                        panic!("there is a first page")
                    };
                    *page = 9;
                    drop(page);
                    assert_eq!(free(mc, &cell), (true, true));
                    assert_eq!(cell.$read(mc).pages, [9, 2, 3, 4, 5]);
                });
            }

            #[test]
            fn halves_release_once_in_either_order() {
                heap().mutate(|mc| {
                    let cell = Gc::new(mc, book());
                    for first_to_go in 0..3 {
                        let (title, pages) =
                            $Reads::map_split(cell.$read(mc), |book| (&*book.title, &*book.pages));
                        let (low, high) = $Reads::map_split(pages, |pages| pages.split_at(1));
                        let mut guards = vec![Some(low), Some(high)];
                        assert!(title.starts_with("a title"));
                        let mut title = Some(title);
                        for at in (0..3).map(|at| (at + first_to_go) % 3) {
                            assert_eq!(free(mc, &cell), (true, false));
                            match at {
                                2 => drop(title.take()),
                                at => drop(guards[at].take()),
                            }
                        }
                        assert_eq!(free(mc, &cell), (true, true));

                        let (mut title, pages) = $Writes::map_split(cell.$write(mc), |book| {
                            (&mut book.title, &mut *book.pages)
                        });
                        let (mut low, mut high) = $Writes::map_split(pages, |pages| pages.split_at_mut(1));
                        low[0] += 1;
                        high[0] += 1;
                        title.push('!');
                        let (mut title, mut guards) = (Some(title), vec![Some(low), Some(high)]);
                        for at in (0..3).map(|at| (at + first_to_go) % 3) {
                            assert_eq!(free(mc, &cell), (false, false));
                            match at {
                                2 => drop(title.take()),
                                at => drop(guards[at].take()),
                            }
                        }
                        assert_eq!(free(mc, &cell), (true, true));
                    }
                    let book = cell.$read(mc);
                    assert_eq!((&*book.title, &*book.pages), ("a title!!!", &[4, 5, 3][..]));
                });
            }

            #[test]
            fn a_leaked_half_locks_for_ever() {
                let heap = heap();
                let cells: Root<(Cell, Cell)> = heap.mutate(|mc| mc.root(Gc::new(mc, (book(), book()))));
                heap.mutate(|mc| {
                    let cells = cells.get(mc);
                    let (title, pages) = $Reads::map_split(cells.0.$read(mc), |book| (&*book.title, &book.pages));
                    std::mem::forget(title);
                    drop(pages);
                    let (title, pages) =
                        $Writes::map_split(cells.1.$write(mc), |book| (&mut book.title, &mut book.pages));
                    std::mem::forget(pages);
                    drop(title);
                });
                let still = || {
                    heap.mutate(|mc| {
                        let cells = cells.get(mc);
                        assert!(!free(mc, &cells.0).1);
                        assert_eq!(free(mc, &cells.1), (false, false));
                    });
                };
                still();
                thread::scope(|scope| scope.spawn(still).join().unwrap());
                heap.collect().unwrap();
                still();
            }

            #[test]
            fn a_closure_that_panics_releases() {
                heap().mutate(|mc| {
                    let cell = Gc::new(mc, book());
                    panic_of(|| $Reads::map(cell.$read(mc), |_| -> &u8 { panic!("no part") }));
                    panic_of(|| $Reads::filter_map(cell.$read(mc), |_| -> Option<&u8> { panic!("no part") }));
                    panic_of(|| $Reads::map_split(cell.$read(mc), |_| -> (&u8, &u8) { panic!("no part") }));
                    assert_eq!(free(mc, &cell), (true, true));
                    panic_of(|| $Writes::map(cell.$write(mc), |_| -> &mut u8 { panic!("no part") }));
                    panic_of(|| $Writes::filter_map(cell.$write(mc), |_| -> Option<&mut u8> { panic!("no part") }));
                    panic_of(|| {
                        $Writes::map_split(cell.$write(mc), |book| -> (&mut u8, &mut u8) {
                            book.pages.clear();
                            panic!("no parts")
                        })
                    });
                    assert_eq!(free(mc, &cell), (true, true));
                    assert!(cell.$read(mc).pages.is_empty());
                });
            }

            /// Whatever the guard shows at the end, and once.
            #[test]
            fn all_that_grew_is_counted_once() {
                let heap = heap();
                let cell: Root<Cell> = heap.mutate(|mc| mc.root(Gc::new(mc, Cell::new(Book::default()))));
                let owned = || heap.stats().owned_bytes;
                assert_eq!(owned(), 0);
                heap.mutate(|mc| {
                    let mut book = cell.get(mc).$write(mc);
                    book.pages.reserve_exact(100);
                    let title = $Writes::map(book, |book| &mut book.title);
                    $Writes::map(title, |title| {
                        title.reserve_exact(50);
                        title.as_mut_str()
                    });
                });
                assert_eq!(owned(), 850);
                heap.mutate(|mc| {
                    let (mut title, mut pages) = $Writes::map_split(cell.get(mc).$write(mc), |book| {
                        (&mut book.title, &mut book.pages)
                    });
                    *title = String::new();
                    drop(title);
                    pages.reserve_exact(200);
                });
                assert_eq!(owned(), 1600);
                // As part of the whole, also where the part that is shown owns nothing.
                heap.mutate(|mc| {
                    let mut book = cell.get(mc).$write(mc);
                    book.pages = vec![1];
                    let (mut page, _rest) = $Writes::map_split(book, |book| {
                        let (page, rest) = book.pages.split_first_mut().unwrap();
                        (page, rest)
                    });
                    *page += 1;
                });
                assert_eq!(owned(), 8);
                heap.collect().unwrap();
                assert_eq!(owned(), 8);
                heap.mutate(|mc| assert_eq!(cell.get(mc).take(mc).pages, [2]));
                assert_eq!(owned(), 0);
                drop(cell);
                heap.collect().unwrap();
                assert_eq!(owned(), 0);
            }

            /// What is written through a part is an edge of the object; what it replaced is garbage.
            #[test]
            fn edges_go_through_a_part() {
                let (heap, ledger) = (heap(), Ledger::new(4));
                type Pair<'gc> = $Cell<(u8, Vec<Gc<'gc, Canary>>)>;
                let pair: Root<$Cell<(u8, Vec<Gc<'static, Canary>>)>> = heap.mutate(|mc| {
                    let pair: Pair<'_> = $Cell::new((1, vec![Gc::new(mc, ledger.canary())]));
                    mc.root(Gc::new(mc, pair))
                });
                heap.mutate(|mc| {
                    let new = Gc::new(mc, ledger.canary());
                    *$Writes::map(pair.get(mc).$write(mc), |pair| &mut pair.1[0]) = new;
                });
                heap.collect().unwrap();
                assert_eq!(ledger.alive(), 1);
                heap.mutate(|mc| pair.get(mc).$read(mc).1[0].id());
            }
        }
    )*};
}

both_kinds! {
    ref_cell: GcRefCell, Ref, RefMut, borrow, borrow_mut,
        |mc, cell| cell.try_borrow(mc).is_ok(), |mc, cell| cell.try_borrow_mut(mc).is_ok();
    rw_lock: GcRwLock, ReadGuard, WriteGuard, read, write,
        |mc, cell| cell.try_read(mc).is_some(), |mc, cell| cell.try_write(mc).is_some();
}

#[test]
fn a_shared_borrow_is_cloned_as_that_of_std() {
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(vec![1]));
        let one = cell.borrow(mc);
        let other = Ref::clone(&one);
        drop(one);
        assert_eq!((&*other, cell.try_borrow_mut(mc).is_err()), (&vec![1], true));
        drop(other);
        assert!(cell.try_borrow_mut(mc).is_ok());
    });
}

/// One more would read as an exclusive one.
#[test]
fn no_more_shared_borrows_than_can_be_counted() {
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new([1, 2]));
        for _ in 0..(1 << 20) - 3 {
            std::mem::forget(cell.borrow(mc));
        }
        let last = cell.borrow(mc);
        assert!(panic_of(|| Ref::clone(&last)).contains("as often as can be counted"));
        panic_of(|| Ref::map_split(last, |pair| (&pair[0], &pair[1])));
        assert!(cell.try_borrow(mc).is_ok(), "the guard that could not be split has ended");
    });
}

/// A thread that would wait for itself is told so as long as any half is held, and no longer.
#[test]
fn a_thread_that_holds_a_half_is_told_that_it_would_wait_for_itself() {
    watched("halves of a lock", || {
        heap().mutate(|mc| {
            let lock = Gc::new(mc, GcRwLock::new((1, 2)));
            let (one, other) = ReadGuard::map_split(lock.read(mc), |pair| (&pair.0, &pair.1));
            drop(one);
            assert!(panic_of(|| *lock.write(mc) = (3, 4)).contains("for reading"));
            assert_eq!(lock.read(mc).0, 1);
            drop(other);
            *lock.write(mc) = (3, 4);
            let (one, other) = WriteGuard::map_split(lock.write(mc), |pair| (&mut pair.0, &mut pair.1));
            drop(other);
            assert!(panic_of(|| *lock.read(mc)).contains("for writing"));
            drop(one);
            assert_eq!(*lock.read(mc), (3, 4));
        });
    });
}

#[test]
fn the_last_half_lets_others_in() {
    watched("the last half", || {
        let heap = heap();
        let lock: Root<GcRwLock<(u64, u64)>> =
            heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new((0_u64, 0_u64)))));
        let released = AtomicBool::new(false);
        heap.mutate(|mc| {
            let (one, other) =
                WriteGuard::map_split(lock.get(mc).write(mc), |pair| (&mut pair.0, &mut pair.1));
            thread::scope(|scope| {
                scope.spawn(|| {
                    heap.mutate(|mc| {
                        let pair = lock.get(mc).read(mc);
                        assert!(released.load(Ordering::Relaxed), "a reader beside a half");
                        assert_eq!(*pair, (0, 1));
                    });
                });
                drop(one);
                thread::sleep(Duration::from_millis(20));
                let mut other = other;
                *other = 1;
                released.store(true, Ordering::Relaxed);
                drop(other);
            });
        });
    });
}

/// Objects live as long as the mutation, and so the cell of a guard.
#[test]
fn the_cell_of_a_guard_may_be_garbage() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    heap.mutate(|mc| {
        let cell = || Gc::new(mc, GcRefCell::new((1_u64, ledger.canary())));
        let (shared, mut exclusive) = (
            Ref::map(cell().borrow(mc), |pair| &pair.0),
            RefMut::map(cell().borrow_mut(mc), |pair| &mut pair.0),
        );
        assert!(heap.collect().is_err());
        *exclusive += *shared;
        assert_eq!((*exclusive, ledger.alive()), (2, 2));
    });
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// The price of a guard: the pointer, and what it gives back.
#[test]
fn guards_are_small() {
    const WORD: usize = size_of::<usize>();
    assert_eq!((size_of::<Ref<'_, u8>>(), size_of::<RefMut<'_, u8>>()), (2 * WORD, 5 * WORD));
    assert_eq!((size_of::<ReadGuard<'_, u8>>(), size_of::<WriteGuard<'_, u8>>()), (3 * WORD, 5 * WORD));
}
