//! How far heaps grow over what lives.

use std::sync::atomic::{AtomicUsize, Ordering};

use gc::{Gc, GcRefCell, Heap, Root, Trace};
use tests::rounds;
use tests::shapes::Dice;
use tests::watchdog::within;

const MIB: usize = 1 << 20;

/// A place for objects of four sizes.
#[derive(Trace)]
struct Row<'gc> {
    places: GcRefCell<Vec<Option<Item<'gc>>>>,
}

#[derive(Clone, Copy, Trace)]
enum Item<'gc> {
    Two(Gc<'gc, [u64; 2]>),
    Five(Gc<'gc, [u64; 5]>),
    Nine(Gc<'gc, [u64; 9]>),
    Many(Gc<'gc, [u64]>),
}

impl Item<'_> {
    fn words(&self) -> &[u64] {
        match self {
            Item::Two(words) => &**words,
            Item::Five(words) => &**words,
            Item::Nine(words) => &**words,
            Item::Many(words) => words,
        }
    }

    fn check(&self, number: u64) {
        assert!(self.words().iter().all(|&word| word == number), "an item is as it was made");
    }
}

/// Places for items, a row after the other.
struct Rows {
    heap: Heap,
    rows: Vec<Root<Row<'static>>>,
    per_row: usize,
}

impl Rows {
    fn new(heap: &Heap, places: usize) -> Self {
        let per_row = (places / 256).max(1);
        let rows = heap.mutate(|mc| {
            let empty = || GcRefCell::new(vec![None; per_row]);
            (0..256).map(|_| mc.root(Gc::new(mc, Row { places: empty() }))).collect()
        });
        Self { heap: heap.clone(), rows, per_row }
    }

    fn len(&self) -> usize {
        self.rows.len() * self.per_row
    }

    /// Puts a new item in a place, or fails for want of memory.
    fn put(&self, at: usize) -> Result<(), gc::AllocError> {
        let number = at as u64;
        self.heap.mutate(|mc| {
            let item = match at % 4 {
                0 => Item::Two(Gc::try_new(mc, [number; 2])?),
                1 => Item::Five(Gc::try_new(mc, [number; 5])?),
                2 => Item::Nine(Gc::try_new(mc, [number; 9])?),
                _ => Item::Many(Gc::try_from_slice(mc, &[number; 16][..at % 16 + 1])?),
            };
            let row = self.rows[at / self.per_row].get(mc);
            row.places.borrow_mut(mc)[at % self.per_row] = Some(item);
            Ok(())
        })
    }

    fn check(&self) {
        self.heap.mutate(|mc| {
            for at in 0..self.len() {
                let row = self.rows[at / self.per_row].get(mc);
                let item = row.places.borrow(mc)[at % self.per_row].expect("every place has an item");
                item.check(at as u64);
            }
        });
    }
}

/// With the default growth garbage takes as much as what lives, and what a heap loses besides is little.
#[test]
fn a_heap_under_churn_stays_below_two_and_a_fifth_of_what_lives() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    within(std::time::Duration::from_secs(120), "churn", || {
        let rows = Rows::new(&heap, rounds(400_000));
        (0..rows.len()).for_each(|at| rows.put(at).unwrap());
        heap.collect().unwrap();
        let live = heap.stats().bytes();
        assert!(cfg!(gc_zeal) || live > 20_000_000, "{live} bytes live");
        // A page of each class, and claims.
        let most = (live * 22 / 10).max(256 << 10);
        let mut dice = Dice::new(1);
        let (mut bytes, mut in_use) = (0, 0);
        for n in 0..rows.len() * 8 {
            rows.put(dice.below(rows.len())).unwrap();
            if n % 64 == 0 {
                let stats = heap.stats();
                bytes = bytes.max(stats.bytes());
                in_use = in_use.max(stats.bytes_in_use);
            }
        }
        rows.check();
        assert!(bytes <= most, "{live} bytes live, {bytes} allocated");
        assert!(in_use as u64 <= most, "{live} bytes live, {in_use} in use");
        let cycles = heap.stats().cycles_automatic;
        assert!(cfg!(gc_zeal) || (6..=20).contains(&cycles), "{cycles} cycles for eight times what lives");
    });
}

/// However many threads allocate, a limit holds at every moment, and while there is garbage an allocation that
/// fails succeeds when it is tried again after a safepoint or two.
#[test]
fn a_limit_is_never_exceeded() {
    const LIMIT: usize = 16 * MIB;
    const THREADS: usize = 4;
    let heap = Heap::builder().limit_bytes(LIMIT).min_heap_bytes(MIB).build();
    let highest = AtomicUsize::new(0);
    within(std::time::Duration::from_secs(120), "a limit", || {
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (heap, highest) = (&heap, &highest);
                scope.spawn(move || {
                    // Two thirds of the limit live.
                    let rows = Rows::new(heap, rounds(160_000 / THREADS));
                    let mut dice = Dice::new(thread as u64);
                    let put = |at| {
                        let mut tries = 0;
                        while let Err(error) = rows.put(at) {
                            assert!(error.is_limit(), "{error}");
                            tries += 1;
                            assert!(tries < 1000, "there is room, and no try finds it");
                        }
                    };
                    (0..rows.len()).for_each(put);
                    for n in 0..rows.len() * 8 {
                        put(dice.below(rows.len()));
                        if n % 16 == 0 {
                            let stats = heap.stats();
                            highest.fetch_max(stats.bytes_in_use, Ordering::Relaxed);
                            assert!(stats.bytes_in_use <= LIMIT, "{} bytes in use", stats.bytes_in_use);
                        }
                    }
                    rows.check();
                });
            }
        });
    });
    let highest = highest.into_inner();
    assert!(cfg!(gc_zeal) || highest > LIMIT / 2, "the limit was never near: {highest}");
    heap.collect().unwrap();
    assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
}
