//! What a borrow and its end cost, beside those of other cells.
//!
//! ```text
//! cargo bench -p tests --features peers --bench borrows                     everything
//! cargo bench -p tests --features peers --bench borrows -- gc exclusive     one cell, one kind of borrow
//! ```
//!
//! Sections: the cells `gc`, `gc_visited` (another thread has borrowed it before), `RefCell` (one thread only),
//! `atomic_refcell`, `parking_lot` (the lock, tried once); the borrows `shared`, `exclusive`. Of each kind all are meant if
//! none is named. The cells are measured by turns. Several threads borrow one cell, a borrow that is refused counts as one.
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use gc::{Gc, GcRefCell, Heap, Mutation, Root};
use tests::by_turns::{began, compare, on_threads};
use tests::table::{Sections, head};

/// Borrows in one measurement, by all threads together.
const N: usize = 1_000_000;

/// How a cell is borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shared,
    Exclusive,
}

const KINDS: [(&str, Kind); 2] = [("shared", Kind::Shared), ("exclusive", Kind::Exclusive)];

/// A cell: borrows it so many times on so many threads; none, if it is not for so many.
type Cell = (&'static str, fn(usize, Kind) -> Option<Duration>);

const CELLS: [Cell; 5] = [
    ("gc", |threads, kind| Some(of_gc(threads, kind, false))),
    ("gc_visited", |threads, kind| Some(of_gc(threads, kind, true))),
    ("RefCell", |threads, kind| (threads == 1).then(|| of_ref_cell(kind))),
    ("atomic_refcell", |threads, kind| Some(of_atomic_refcell(threads, kind))),
    ("parking_lot", |threads, kind| Some(of_parking_lot(threads, kind))),
];

fn main() {
    let Some(sections) = Sections::wanted() else { return };
    let cells = sections.of(&CELLS, |cell| cell.0);
    head("");
    for (kind_name, kind) in sections.of(&KINDS, |kind| kind.0) {
        for threads in [1, 2, 4] {
            let name = |cell: &Cell| format!("ns: {kind_name}, {}, {threads} threads", cell.0);
            compare(&cells, N, name, |cell| cell.1(threads, kind));
        }
    }
}

fn of_gc(threads: usize, kind: Kind, visited: bool) -> Duration {
    let heap = Heap::builder().automatic(false).build();
    let root: Root<GcRefCell<u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(0_u64))));
    let once = |mc: &Mutation<'_>| *root.get(mc).borrow_mut(mc) += 1;
    if visited {
        heap.mutate(once);
        thread::scope(|scope| scope.spawn(|| heap.mutate(once)).join()).expect("it does not panic");
    }
    on_threads(threads, N, |n, start| {
        heap.mutate(|mc| {
            let cell = root.get(mc);
            let began = began(start);
            match kind {
                Kind::Shared => (0..n).for_each(|_| {
                    if let Ok(value) = black_box(&*cell).try_borrow(mc) {
                        black_box(*value);
                    }
                }),
                Kind::Exclusive => (0..n).for_each(|_| {
                    if let Ok(mut value) = black_box(&*cell).try_borrow_mut(mc) {
                        *black_box(&mut *value) += 1;
                    }
                }),
            }
            began
        })
    })
}

fn of_ref_cell(kind: Kind) -> Duration {
    let cell = RefCell::new(0_u64);
    let began = Instant::now();
    match kind {
        Kind::Shared => (0..N).for_each(|_| {
            if let Ok(value) = black_box(&cell).try_borrow() {
                black_box(*value);
            }
        }),
        Kind::Exclusive => (0..N).for_each(|_| {
            if let Ok(mut value) = black_box(&cell).try_borrow_mut() {
                *black_box(&mut *value) += 1;
            }
        }),
    }
    began.elapsed()
}

fn of_atomic_refcell(threads: usize, kind: Kind) -> Duration {
    let cell = atomic_refcell::AtomicRefCell::new(0_u64);
    on_threads(threads, N, |n, start| {
        let began = began(start);
        match kind {
            Kind::Shared => (0..n).for_each(|_| {
                if let Ok(value) = black_box(&cell).try_borrow() {
                    black_box(*value);
                }
            }),
            Kind::Exclusive => (0..n).for_each(|_| {
                if let Ok(mut value) = black_box(&cell).try_borrow_mut() {
                    *black_box(&mut *value) += 1;
                }
            }),
        }
        began
    })
}

fn of_parking_lot(threads: usize, kind: Kind) -> Duration {
    let cell = parking_lot::RwLock::new(0_u64);
    on_threads(threads, N, |n, start| {
        let began = began(start);
        match kind {
            Kind::Shared => (0..n).for_each(|_| {
                if let Some(value) = black_box(&cell).try_read() {
                    black_box(*value);
                }
            }),
            Kind::Exclusive => (0..n).for_each(|_| {
                if let Some(mut value) = black_box(&cell).try_write() {
                    *black_box(&mut *value) += 1;
                }
            }),
        }
        began
    })
}
