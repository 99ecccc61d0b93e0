//! Cells: the only way in which an object changes after it is shared.
//!
//! | cell | contents | threads | cost |
//! |---|---|---|---|
//! | [`GcCell`] | one word: a `Gc`, an integer, what `#[derive(Word)]` packs | any | a load and a store |
//! | [`GcRefCell`] | anything, borrowed dynamically | any number of readers, or one writer | a few plain instructions on one thread, locked ones when others come |
//! | [`GcRwLock`] | anything | any, contended | a locked instruction, or a wait |
//! | [`GcOnce`] | anything, written once | any | a load |

mod borrow_error;
mod borrow_place;
mod borrow_word;
mod gc_cell;
mod gc_once;
mod gc_ref_cell;
mod gc_rw_lock;
mod growth;
mod guard;
mod lock_guards;
mod numbers;
mod packed;
mod packing;
mod raw_lock;
mod ref_guards;
mod slices;
mod tagged;
#[cfg(all(test, not(loom)))]
mod tests;
#[cfg(all(test, loom))]
mod tests_loom;
mod through_gc;
mod word;

pub use borrow_error::BorrowError;
pub use gc_cell::GcCell;
pub use gc_once::GcOnce;
pub use gc_ref_cell::GcRefCell;
pub use gc_rw_lock::GcRwLock;
pub use lock_guards::{ReadGuard, WriteGuard};
pub use packed::Packed;
pub use packing::{Content, Packing};
pub use ref_guards::{Ref, RefMut};
pub use tagged::Tagged;
pub(crate) use word::object_of;
pub use word::{RebrandWord, Word};
