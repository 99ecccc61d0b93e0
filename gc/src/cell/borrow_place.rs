//! Where cells were borrowed, and by whom, for messages; in debug builds only.
//!
//! A table of fixed size by the address of the cell. What is noted is the first borrow of a cell that was free, until the
//! last one of that cell ends. A note finds one of a few places; if there are others in all of them one of those goes.
//!
//! Threads that borrow one cell at the same time, and give it back, may mix up their notes of it, and a note that had to go
//! is missing: a wrong word in a message, or none, and no more.

use core::panic::Location;

use super::borrow_word::BorrowWord;

/// The table.
#[cfg(debug_assertions)]
mod table {
    use core::panic::Location;
    use core::ptr::null_mut;
    use core::sync::atomic::{AtomicPtr, Ordering, fence};

    use crate::sync::fixed::{AtomicU32, AtomicUsize};

    /// Cells that are remembered.
    const CELLS: usize = 1024;
    /// Places for one cell.
    const PLACES: usize = 8;

    /// In the place of a cell: there is none.
    const FREE: usize = 0;
    /// The same: a thread writes. No other one touches the note until it has ended.
    const CLAIMED: usize = 1;

    /// A cell; the number of the mutator that borrowed it, and where.
    struct Note {
        cell: AtomicUsize,
        /// How often it was written: a cell may have lost its note and have one here again.
        version: AtomicU32,
        mutator: AtomicU32,
        place: AtomicPtr<Location<'static>>,
    }

    impl Note {
        /// Changes the cell if it is this one.
        fn change(&self, cell: usize, new: usize) -> bool {
            // Acquire: pairs with the release in `write`: who claims the note sees its version.
            self.cell.compare_exchange(cell, new, Ordering::Acquire, Ordering::Relaxed).is_ok()
        }
    }

    pub(super) struct Table([Note; CELLS]);

    pub(super) static TABLE: Table = Table::new();

    impl Table {
        const fn new() -> Self {
            Self(
                [const {
                    let (version, mutator) = (AtomicU32::new(0), AtomicU32::new(0));
                    let place = AtomicPtr::new(null_mut());
                    Note { cell: AtomicUsize::new(FREE), version, mutator, place }
                }; CELLS],
            )
        }

        /// The places for a cell.
        fn places(&self, cell: usize) -> impl Iterator<Item = &Note> {
            (0..PLACES).map(move |at| &self.0[(cell / align_of::<usize>() + at) % CELLS])
        }

        /// The note that had this in the place of a cell and is claimed now.
        fn claim(&self, cell: usize, holds: usize) -> Option<&Note> {
            self.places(cell).find(|note| note.change(holds, CLAIMED))
        }

        /// One of the others, if nobody writes there.
        fn claim_another(&self, cell: usize) -> Option<&Note> {
            let note = self.places(cell).next()?;
            let other = note.cell.load(Ordering::Relaxed);
            (other != CLAIMED && note.change(other, CLAIMED)).then_some(note)
        }

        pub(super) fn write(&self, cell: usize, number: u32, place: &'static Location<'static>) {
            let free = || self.claim(cell, FREE).or_else(|| self.claim_another(cell));
            let Some(note) = self.claim(cell, cell).or_else(free) else { return };
            // Relaxed: seen by the claim.
            let version = note.version.load(Ordering::Relaxed).wrapping_add(1);
            // Release: pairs with the acquire in `read`: who sees the version sees the claim.
            note.version.store(version, Ordering::Release);
            // Pairs with the fence in `read`: who reads what is written now sees the version.
            fence(Ordering::Release);
            note.mutator.store(number, Ordering::Relaxed);
            note.place.store(core::ptr::from_ref(place).cast_mut(), Ordering::Relaxed);
            // Release: pairs with the acquire in `read`.
            note.cell.store(cell, Ordering::Release);
        }

        pub(super) fn erase(&self, cell: usize) {
            self.places(cell).any(|note| note.change(cell, FREE));
        }

        pub(super) fn read(&self, cell: usize) -> Option<(u32, &'static Location<'static>)> {
            self.read_while(cell, || ())
        }

        /// Reads; what runs `meanwhile` does so where another thread would do the most harm.
        fn read_while(
            &self,
            cell: usize,
            meanwhile: impl FnOnce(),
        ) -> Option<(u32, &'static Location<'static>)> {
            // Relaxed: looked at again below.
            let note = self.places(cell).find(|note| note.cell.load(Ordering::Relaxed) == cell)?;
            // Acquire: pairs with the release in `write`: what the note holds is of this version or a later one.
            let version = note.version.load(Ordering::Acquire);
            // Acquire: pairs with the last release in `write`: if it is of a later one, that is seen below.
            if note.cell.load(Ordering::Acquire) != cell {
                return None;
            }
            meanwhile();
            let (number, place) = (note.mutator.load(Ordering::Relaxed), note.place.load(Ordering::Relaxed));
            // Pairs with the fence in `write`.
            fence(Ordering::Acquire);
            if note.version.load(Ordering::Relaxed) != version {
                return None;
            }
            // SAFETY: null, or made from a `'static` reference.
            let place = unsafe { place.as_ref() };
            place.map(|place| (number, place))
        }
    }

    #[cfg(all(test, not(loom)))]
    mod tests {
        use core::panic::Location;
        use std::thread;

        use super::{CELLS, PLACES, Table};

        /// Cells whose notes may lie in the same places.
        fn neighbour(n: u32) -> usize {
            (n as usize + 1) * CELLS * align_of::<usize>()
        }

        #[test]
        fn one_of_the_others_goes_where_there_is_no_room() {
            let (table, last) = (Table::new(), u32::try_from(PLACES).unwrap());
            (0..=last).for_each(|n| table.write(neighbour(n), n, Location::caller()));
            let noted = || (0..=last).map(|n| table.read(neighbour(n)).map(|noted| noted.0));
            assert!(noted().eq((0..=last).map(|n| (n > 0).then_some(n))));
            (0..=last).for_each(|n| table.erase(neighbour(n)));
            assert!(noted().all(|noted| noted.is_none()));
        }

        /// Two cells for which there is one place take it from each other.
        #[test]
        fn a_note_that_goes_while_it_is_read_is_not_mixed_up_with_the_next() {
            let (table, last) = (Table::new(), u32::try_from(PLACES).unwrap());
            let write = |n| table.write(neighbour(n), n, Location::caller());
            (0..=last).for_each(write);
            let read = |meanwhile: &[u32]| {
                let noted = table.read_while(neighbour(last), || meanwhile.iter().copied().for_each(write));
                noted.map(|noted| noted.0)
            };
            assert_eq!(read(&[]), Some(last));
            assert_eq!(read(&[0]), None, "it has gone");
            write(last);
            assert_eq!(read(&[0, last]), None, "it has gone, and there is another one");
            assert_eq!(read(&[1]), Some(last), "that is another place");
        }

        /// As above, by threads.
        #[test]
        fn a_note_is_read_as_it_was_written() {
            const ROUNDS: u32 = 20_000;
            let (table, last) = (Table::new(), u32::try_from(PLACES).unwrap());
            let write_all = || (0..=last).for_each(|n| table.write(neighbour(n), n, Location::caller()));
            thread::scope(|scope| {
                let writer = scope.spawn(|| (0..ROUNDS).for_each(|_| write_all()));
                while !writer.is_finished() {
                    for n in 0..=last {
                        let noted = table.read(neighbour(n)).map(|noted| noted.0);
                        assert!(noted.is_none_or(|number| number == n), "{noted:?} of {n}");
                    }
                }
            });
        }

        #[test]
        fn notes_of_different_cells_are_not_mixed_up() {
            const ROUNDS: u32 = 20_000;
            let table = Table::new();
            thread::scope(|scope| {
                for n in 0..4 {
                    let (table, cell) = (&table, neighbour(n));
                    scope.spawn(move || {
                        for round in 0..ROUNDS {
                            let number = n * ROUNDS + round;
                            table.write(cell, number, Location::caller());
                            assert_eq!(table.read(cell).map(|noted| noted.0), Some(number));
                            table.erase(cell);
                            assert!(table.read(cell).is_none());
                        }
                    });
                }
            });
        }
    }
}

/// Notes that the caller, in this mutator, borrows a cell that was free.
#[cfg_attr(debug_assertions, track_caller)]
#[inline]
pub(super) fn note(word: &BorrowWord, number: u32) {
    #[cfg(debug_assertions)]
    table::TABLE.write(core::ptr::from_ref(word).addr(), number, Location::caller());
    #[cfg(not(debug_assertions))]
    let _ = (word, number);
}

/// Forgets a cell whose last borrow ends.
#[inline]
pub(super) fn forget(word: &BorrowWord) {
    #[cfg(debug_assertions)]
    table::TABLE.erase(core::ptr::from_ref(word).addr());
    #[cfg(not(debug_assertions))]
    let _ = word;
}

/// The mutator that has borrowed a cell which is borrowed, and where.
pub(super) fn find(word: &BorrowWord) -> Option<(u32, &'static Location<'static>)> {
    #[cfg(debug_assertions)]
    return table::TABLE.read(core::ptr::from_ref(word).addr());
    #[cfg(not(debug_assertions))]
    {
        let _ = word;
        None
    }
}
