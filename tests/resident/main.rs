//! What the process takes from the system, in a process of its own: other tests would disturb the figures.
//!
//! Not under AddressSanitizer, which holds on to freed memory.
#![cfg(not(gc_asan))]

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gc::{Gc, GcRefCell, Heap, Root, Trace};
use tests::canary::Ledger;
use tests::kinds::{self, Kind, Make};
use tests::rounds;
use tests::shapes::Dice;
use tests::watchdog::within;

/// One test at a time: each measures the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes of memory that the process has from the system; zero where it cannot be told.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).map_or(0, |kib| kib.parse().unwrap());
    kib * 1024
}

#[track_caller]
fn assert_as_before(before: usize) {
    let after = resident_bytes();
    assert!(after < before + (8 << 20), "{before} bytes before, {after} bytes after");
}

/// Places for objects.
#[derive(Trace)]
struct Table<'gc> {
    places: GcRefCell<Vec<Option<Gc<'gc, dyn Kind<'gc>>>>>,
}

/// Objects of sixty types in tables, and what is known of them.
struct Crowd {
    heap: Heap,
    ledger: Arc<Ledger>,
    kinds: Vec<Make>,
    dice: Dice,
    tables: Vec<Root<Table<'static>>>,
    /// The number of the object in each place of each table.
    numbers: Vec<Vec<Option<u64>>>,
    next: u64,
    /// Every address that an object in a table had.
    addresses: HashSet<usize>,
    /// And every page on which one began.
    pages: HashSet<usize>,
}

const TABLES: usize = 100;

impl Crowd {
    fn new(heap: &Heap, ledger: &Arc<Ledger>, places: usize) -> Self {
        let table = || vec![None; places / TABLES];
        let numbers: Vec<_> = (0..TABLES).map(|_| table()).collect();
        let tables = heap.mutate(|mc| {
            let empty = || (0..places / TABLES).map(|_| None).collect();
            (0..TABLES).map(|_| mc.root(Gc::new(mc, Table { places: GcRefCell::new(empty()) }))).collect()
        });
        Self {
            heap: heap.clone(),
            ledger: Arc::clone(ledger),
            kinds: kinds::all(),
            dice: Dice::new(1),
            tables,
            numbers,
            next: 0,
            addresses: HashSet::new(),
            pages: HashSet::new(),
        }
    }

    /// Makes objects in all places that are free; how many, how many where others began, and how many on pages
    /// where others were.
    fn fill(&mut self) -> [usize; 3] {
        let (mut made, mut same_slot, mut same_page) = (0, 0, 0);
        for (table, numbers) in self.tables.iter().zip(&mut self.numbers) {
            self.heap.mutate(|mc| {
                let table = table.get(mc);
                let mut places = table.places.borrow_mut(mc);
                for (place, number) in places.iter_mut().zip(numbers).filter(|(place, _)| place.is_none()) {
                    let make = self.kinds[self.dice.below(self.kinds.len())];
                    let object = make(mc, self.next, &self.ledger);
                    (*place, *number) = (Some(object), Some(self.next));
                    self.next += 1;
                    made += 1;
                    let address = Gc::as_ptr(object).cast::<u8>().addr();
                    same_slot += usize::from(!self.addresses.insert(address));
                    same_page += usize::from(!self.pages.insert(address / 4096));
                }
            });
        }
        [made, same_slot, same_page]
    }

    /// Empties each place with a chance of `percent`.
    fn unlink(&mut self, percent: usize) {
        for (table, numbers) in self.tables.iter().zip(&mut self.numbers) {
            self.heap.mutate(|mc| {
                let table = table.get(mc);
                let mut places = table.places.borrow_mut(mc);
                for (place, number) in places.iter_mut().zip(numbers) {
                    if self.dice.below(100) < percent {
                        (*place, *number) = (None, None);
                    }
                }
            });
        }
    }

    /// Asserts that every object is where it was, with its contents.
    fn check(&self) {
        for (table, numbers) in self.tables.iter().zip(&self.numbers) {
            self.heap.mutate(|mc| {
                let table = table.get(mc);
                let places = table.places.borrow(mc);
                for (place, number) in places.iter().zip(numbers) {
                    assert_eq!(place.map(|object| object.check()), *number);
                }
            });
        }
    }
}

/// Allocates `total` objects of sixty types in random order and frees them in random patterns.
fn churn(total: usize, places: usize) {
    // Now scattered objects die, now whole spans.
    const PERCENT: [usize; 6] = [50, 50, 10, 90, 50, 100];
    let heap = Heap::builder().automatic(false).build();
    let ledger = Ledger::new(total);
    drop(kinds::all());
    let before = resident_bytes();
    let mut crowd = Crowd::new(&heap, &ledger, places);
    let mut round = 0;
    while heap.stats().objects_allocated < total as u64 {
        let [made, same_slot, same_page] = crowd.fill();
        crowd.check();
        if round > 6 {
            assert!(
                same_page > made * 9 / 10,
                "of {made} objects {same_page} lie on pages where others were"
            );
            if PERCENT[(round - 1) % 6] <= 50 {
                assert!(same_slot > made * 7 / 10, "of {made} objects {same_slot} lie where others were");
            }
        }
        crowd.unlink(PERCENT[round % 6]);
        heap.collect().unwrap();
        crowd.check();
        heap.verify();
        round += 1;
    }
    crowd.unlink(100);
    let tables = crowd.tables.len() as u64;
    assert_eq!(heap.collect().unwrap().live_objects, tables);
    assert_eq!((heap.stats().objects(), heap.stats().objects_doomed), (tables, 0));
    ledger.assert_all_dropped();
    drop(crowd);
    heap.collect().unwrap();
    assert_eq!((heap.stats().objects(), heap.stats().bytes(), heap.stats().bytes_in_use), (0, 0, 0));
    heap.trim();
    assert_as_before(before);
}

/// A million objects of sixty types keep their contents, slots are used again, and in the end all memory is given
/// back.
#[test]
fn a_million_objects_come_and_go() {
    let _alone = alone();
    within(Duration::from_secs(300), "a million objects", || churn(rounds(1_000_000), rounds(100_000)));
}

/// What a heap keeps for a thread ends with the thread, and its claims with it.
#[test]
fn ten_thousand_threads_leave_nothing() {
    let _alone = alone();
    let heap = Heap::builder().automatic(false).build();
    let ledger = Ledger::new(1000 + rounds(10_000));
    let kinds = kinds::all();
    let thread = |number: usize| {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                heap.mutate(|mc| {
                    let object = kinds[number % kinds.len()](mc, number as u64, &ledger);
                    assert_eq!(object.check(), number as u64);
                    mc.root(object)
                })
            });
        });
    };
    within(Duration::from_secs(120), "ten thousand threads", || {
        (0..1000).for_each(thread);
        heap.collect().unwrap();
        let before = resident_bytes();
        (0..rounds(10_000)).for_each(thread);
        // Sixty types, few objects of each: no thread has taken a page with it.
        let in_use = heap.stats().bytes_in_use;
        assert!(in_use < 8 << 20, "{in_use} bytes in use");
        heap.collect().unwrap();
        assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use, heap.stats().roots), (0, 0, 0));
        ledger.assert_all_dropped();
        heap.trim();
        assert_as_before(before);
        heap.verify();
    });
}
