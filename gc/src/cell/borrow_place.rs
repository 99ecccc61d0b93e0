//! Where cells were borrowed, and by whom, for messages; in debug builds only.
//!
//! A table of fixed size by the address of the cell. What is noted is the first borrow of a cell that was free, until the
//! last one of that cell ends. A note finds one of a few places; if there are others in all of them one of those goes.
//!
//! Threads that note and forget cells of one place at the same time may mix up their notes: a wrong word in a message,
//! or none, and no more.

use core::panic::Location;

use super::borrow_word::BorrowWord;

/// The table.
#[cfg(debug_assertions)]
mod table {
    use core::panic::Location;
    use core::ptr::null_mut;
    use core::sync::atomic::{AtomicPtr, Ordering};

    use crate::sync::fixed::{AtomicU32, AtomicUsize};

    /// Cells that are remembered.
    const CELLS: usize = 1024;
    /// Places for one cell.
    const PLACES: usize = 8;

    /// A cell, or null; the number of the mutator that borrowed it, and where.
    struct Note {
        cell: AtomicUsize,
        mutator: AtomicU32,
        place: AtomicPtr<Location<'static>>,
    }

    static NOTES: [Note; CELLS] = [const {
        let (cell, mutator) = (AtomicUsize::new(0), AtomicU32::new(0));
        Note { cell, mutator, place: AtomicPtr::new(null_mut()) }
    }; CELLS];

    /// The places for a cell.
    fn places(cell: usize) -> impl Iterator<Item = &'static Note> {
        (0..PLACES).map(move |at| &NOTES[(cell / align_of::<usize>() + at) % CELLS])
    }

    fn of(cell: usize) -> Option<&'static Note> {
        // Acquire: pairs with the release in `write`.
        places(cell).find(|note| note.cell.load(Ordering::Acquire) == cell)
    }

    pub(super) fn write(cell: usize, number: u32, place: &'static Location<'static>) {
        let free = || places(cell).find(|note| note.cell.load(Ordering::Relaxed) == 0);
        let Some(note) = of(cell).or_else(free).or_else(|| places(cell).next()) else { return };
        note.mutator.store(number, Ordering::Relaxed);
        note.place.store(core::ptr::from_ref(place).cast_mut(), Ordering::Relaxed);
        // Release: pairs with the acquire in `of`.
        note.cell.store(cell, Ordering::Release);
    }

    pub(super) fn erase(cell: usize) {
        if let Some(note) = of(cell) {
            note.cell.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn read(cell: usize) -> Option<(u32, &'static Location<'static>)> {
        let note = of(cell)?;
        // SAFETY: null, or made from a `'static` reference.
        let place = unsafe { note.place.load(Ordering::Relaxed).as_ref() };
        place.map(|place| (note.mutator.load(Ordering::Relaxed), place))
    }
}

/// Notes that the caller, in this mutator, borrows a cell that was free.
#[cfg_attr(debug_assertions, track_caller)]
#[inline]
pub(super) fn note(word: &BorrowWord, number: u32) {
    #[cfg(debug_assertions)]
    table::write(core::ptr::from_ref(word).addr(), number, Location::caller());
    #[cfg(not(debug_assertions))]
    let _ = (word, number);
}

/// Forgets a cell whose last borrow ends.
#[inline]
pub(super) fn forget(word: &BorrowWord) {
    #[cfg(debug_assertions)]
    table::erase(core::ptr::from_ref(word).addr());
    #[cfg(not(debug_assertions))]
    let _ = word;
}

/// The mutator that has borrowed a cell which is borrowed, and where.
pub(super) fn find(word: &BorrowWord) -> Option<(u32, &'static Location<'static>)> {
    #[cfg(debug_assertions)]
    return table::read(core::ptr::from_ref(word).addr());
    #[cfg(not(debug_assertions))]
    {
        let _ = word;
        None
    }
}
