//! A crowd: objects of sixty types that come in random order and go in random patterns.

use std::collections::HashSet;
use std::sync::Arc;

use gc::{Gc, GcRefCell, Heap, Root, Trace};

use crate::canary::Ledger;
use crate::kinds::{self, Kind, Make};
use crate::process::{resident_bytes, trim_malloc};
use crate::shapes::Dice;

/// Places for objects.
#[derive(Trace)]
struct Table<'gc> {
    places: GcRefCell<Vec<Option<Gc<'gc, dyn Kind<'gc>>>>>,
}

const TABLES: usize = 100;

/// Which part of the crowd goes after each round: now scattered objects die, now whole spans.
const PERCENT: [usize; 6] = [50, 50, 10, 90, 50, 100];

/// Objects in tables, and what is known of them.
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

/// How many objects a round has made, and where.
#[derive(Debug)]
struct Made {
    objects: usize,
    /// Of these where another object began.
    same_slot: usize,
    /// Of these on pages where others were.
    same_page: usize,
}

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

    /// Makes objects in all places that are free, but no more than `most` ever.
    fn fill(&mut self, most: u64) -> Made {
        let mut made = Made { objects: 0, same_slot: 0, same_page: 0 };
        for (table, numbers) in self.tables.iter().zip(&mut self.numbers) {
            self.heap.mutate(|mc| {
                let table = table.get(mc);
                let mut places = table.places.borrow_mut(mc);
                for (place, number) in places.iter_mut().zip(numbers).filter(|(place, _)| place.is_none()) {
                    if self.next == most {
                        return;
                    }
                    let make = self.kinds[self.dice.below(self.kinds.len())];
                    let object = make(mc, self.next, &self.ledger);
                    (*place, *number) = (Some(object), Some(self.next));
                    self.next += 1;
                    made.objects += 1;
                    let address = Gc::as_ptr(object).cast::<u8>().addr();
                    made.same_slot += usize::from(!self.addresses.insert(address));
                    made.same_page += usize::from(!self.pages.insert(address / 4096));
                }
            });
        }
        made
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

/// What was measured of a crowd.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    /// Objects of the sixty types.
    pub objects: u64,
    /// Most bytes of the heap's pages in use.
    pub most_in_use: usize,
    /// The largest share of them in which no object was, after a cycle.
    pub most_fragmented: f64,
    /// Resident bytes before the first object.
    pub before: usize,
    /// And at the end, when the heap is empty and trimmed.
    pub after: usize,
}

/// Makes `total` objects, at most `places` of them alive at a time, and checks after each round that contents are
/// intact and places used again. In the end the heap is empty and trimmed.
///
/// # Panics
///
/// Something is not as it should be.
pub fn churn(total: u64, places: usize) -> Measured {
    let heap = crate::on_request().build();
    let ledger = Ledger::new(usize::try_from(total).expect("a number of objects"));
    drop(kinds::all());
    trim_malloc();
    let mut measured = Measured { objects: total, before: resident_bytes(), ..Measured::default() };
    let mut crowd = Crowd::new(&heap, &ledger, places);
    let mut round = 0;
    while crowd.next < total {
        let made = crowd.fill(total);
        crowd.check();
        if round > 6 {
            assert!(made.same_page > made.objects * 9 / 10, "pages are used again: {made:?}");
            if PERCENT[(round - 1) % 6] <= 50 {
                assert!(made.same_slot > made.objects * 7 / 10, "slots are used again: {made:?}");
            }
        }
        measured.most_in_use = measured.most_in_use.max(heap.stats().bytes_in_use);
        crowd.unlink(PERCENT[round % 6]);
        heap.collect().unwrap();
        measured.most_fragmented = measured.most_fragmented.max(heap.stats().fragmentation());
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
    heap.verify();
    drop(ledger);
    trim_malloc();
    measured.after = resident_bytes();
    measured
}
