//! Small objects of four sizes under churn: each place is filled again and again.

use gc::{Gc, GcRefCell, Heap, Root, Trace};

use crate::shapes::Dice;

/// A place for objects of four sizes.
#[derive(Debug, Trace)]
struct Row<'gc> {
    places: GcRefCell<Vec<Option<Item<'gc>>>>,
}

#[derive(Clone, Copy, Debug, Trace)]
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
#[derive(Debug)]
pub struct Rows {
    heap: Heap,
    rows: Vec<Root<Row<'static>>>,
    per_row: usize,
}

impl Rows {
    /// Empty places, about so many.
    pub fn new(heap: &Heap, places: usize) -> Self {
        let per_row = (places / 256).max(1);
        let rows = heap.mutate(|mc| {
            let empty = || GcRefCell::new(vec![None; per_row]);
            (0..256).map(|_| mc.root(Gc::new(mc, Row { places: empty() }))).collect()
        });
        Self { heap: heap.clone(), rows, per_row }
    }

    /// Number of places.
    #[expect(clippy::len_without_is_empty, reason = "there are always places")]
    pub fn len(&self) -> usize {
        self.rows.len() * self.per_row
    }

    /// Puts a new item in a place.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn put(&self, at: usize) -> Result<(), gc::AllocError> {
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

    /// Asserts that every place has its item.
    ///
    /// # Panics
    ///
    /// It has not.
    pub fn check(&self) {
        self.heap.mutate(|mc| {
            for at in 0..self.len() {
                let row = self.rows[at / self.per_row].get(mc);
                let item = row.places.borrow(mc)[at % self.per_row].expect("every place has an item");
                item.check(at as u64);
            }
        });
    }
}

/// What a heap took while its objects were replaced, each with what objects own elsewhere: the places.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    /// Bytes of the objects that live.
    pub live: u64,
    /// Most bytes of these and of garbage.
    pub bytes: u64,
    /// Most bytes of pages in use.
    pub in_use: usize,
    /// Cycles meanwhile, which started by themselves.
    pub cycles: u64,
}

/// Fills so many places and then replaces `factor` times as many objects at random, with automatic cycles.
///
/// # Panics
///
/// An object is not as it was made.
pub fn churn(heap: &Heap, places: usize, factor: usize) -> Taken {
    let rows = Rows::new(heap, places);
    (0..rows.len()).for_each(|at| rows.put(at).unwrap());
    heap.collect().unwrap();
    let cycles_before = heap.stats().cycles_automatic;
    let before = heap.stats();
    let mut taken = Taken { live: before.bytes() + before.owned_bytes, ..Taken::default() };
    let mut dice = Dice::new(1);
    for n in 0..rows.len() * factor {
        rows.put(dice.below(rows.len())).unwrap();
        if n % 64 == 0 {
            let stats = heap.stats();
            let owned = usize::try_from(stats.owned_bytes).expect("few");
            taken.bytes = taken.bytes.max(stats.bytes() + stats.owned_bytes);
            taken.in_use = taken.in_use.max(stats.bytes_in_use + owned);
        }
    }
    rows.check();
    taken.cycles = heap.stats().cycles_automatic - cycles_before;
    taken
}
