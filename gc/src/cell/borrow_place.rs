//! Where the cells that this thread borrows were borrowed, for messages; in debug builds only.
//!
//! A table of fixed size by the address of the cell, in which a later cell takes the place of an earlier one. What is
//! noted is the first borrow of a cell that was free, and it stays when the borrow ends: it is looked at only while the
//! cell is borrowed, and then the last note about it is that of the borrow that is out.

use core::panic::Location;

use super::borrow_word::BorrowWord;

/// Cells that a thread remembers.
#[cfg(debug_assertions)]
const CELLS: usize = 64;

/// A cell, and where it was borrowed.
#[cfg(debug_assertions)]
type Note = Option<(usize, &'static Location<'static>)>;

#[cfg(debug_assertions)]
thread_local! {
    /// Without a destructor: cells are borrowed to the very end of a thread.
    static NOTES: [core::cell::Cell<Note>; CELLS] = const { [const { core::cell::Cell::new(None) }; CELLS] };
}

/// Lets `f` look at the note that a cell has or would have.
#[cfg(debug_assertions)]
fn with_note<R>(word: &BorrowWord, f: impl FnOnce(usize, &core::cell::Cell<Note>) -> R) -> R {
    let address = core::ptr::from_ref(word).addr();
    NOTES.with(|notes| f(address, &notes[address / size_of::<BorrowWord>() % CELLS]))
}

/// Notes that the caller borrows a cell that was free.
#[cfg_attr(debug_assertions, track_caller)]
#[inline]
pub(super) fn note(word: &BorrowWord) {
    #[cfg(debug_assertions)]
    {
        let place = Location::caller();
        with_note(word, |address, note| note.set(Some((address, place))));
    }
    #[cfg(not(debug_assertions))]
    let _ = word;
}

/// Where this thread has borrowed a cell that is borrowed.
pub(super) fn find(word: &BorrowWord) -> Option<&'static Location<'static>> {
    #[cfg(debug_assertions)]
    return with_note(word, |address, note| note.get().filter(|&(noted, _)| noted == address))
        .map(|(_, place)| place);
    #[cfg(not(debug_assertions))]
    {
        let _ = word;
        None
    }
}
