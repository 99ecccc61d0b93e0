//! Cells: the only way in which an object changes after it is shared.
//!
//! | cell | contents | threads | cost |
//! |---|---|---|---|
//! | [`GcCell`] | one word: a `Gc`, an integer, what `#[derive(Word)]` packs | any | a load and a store |
//! | [`GcRefCell`] | anything, borrowed dynamically | one at a time, adopted by the next | a few plain instructions |
//! | [`GcRwLock`] | anything | any, contended | a locked instruction, or a wait |
//! | [`GcOnce`] | anything, written once | any | a load |

mod borrow_word;
mod gc_cell;
mod gc_once;
mod gc_ref_cell;
mod gc_rw_lock;
mod growth;
mod raw_lock;
#[cfg(all(test, loom))]
mod tests_loom;
mod word;

pub use gc_cell::GcCell;
pub use gc_once::GcOnce;
pub use gc_ref_cell::{BorrowError, GcRefCell, Ref, RefMut};
pub use gc_rw_lock::{GcRwLock, ReadGuard, WriteGuard};
pub use word::{Packed, RebrandWord, Word};
