//! What borrows change in what their contents own: found by comparing before and after.
//!
//! Not where the contents are a slice or a trait object. Asking all elements would make a borrow take the longer the more
//! there are; what they come to own is found by the next cycle, as what lies in the depth of other contents.

use core::mem::{needs_drop, transmute_copy};
use core::ptr::NonNull;

use crate::mutator::{Mutation, OfThisThread};
use crate::owned::summand;
use crate::trace::{Tally, Trace};

/// What the contents of a cell, given by the address of the cell, own now.
pub(super) type OwnedByCell = unsafe fn(NonNull<()>) -> usize;

/// What contents that are borrowed exclusively owned at the beginning: the containers themselves, and not what is in them,
/// which the next cycle finds.
///
/// Of the whole contents, whatever part of them a guard shows: what grows may be another part, before the guard was
/// mapped.
pub(super) struct Growth {
    record: OfThisThread,
    before: usize,
    /// A function, as a guard does not know what the cell holds; none if that owns nothing, or is not asked. Where the guard ends in the
    /// function in which it began the compiler knows.
    owned: Option<OwnedByCell>,
}

/// Whether pointers to a type are addresses and nothing else.
const fn has_thin_pointers<T: ?Sized>() -> bool {
    size_of::<NonNull<T>>() == size_of::<NonNull<()>>()
}

/// The cell at an address.
///
/// # Safety
///
/// It is a `C`, as long as the result is used.
///
/// # Panics
///
/// Pointers to `C` are more than its address.
pub(super) unsafe fn cell_at<'a, C: ?Sized>(cell: NonNull<()>) -> &'a C {
    assert!(has_thin_pointers::<C>(), "the growth of contents with a size is asked for");
    // SAFETY: pointers to a `C` are addresses, as just asserted.
    let cell = unsafe { transmute_copy::<NonNull<()>, NonNull<C>>(&cell) };
    // SAFETY: the caller's duty.
    unsafe { cell.as_ref() }
}

impl Growth {
    #[inline]
    pub(super) fn begin<'gc, T: ?Sized + Trace<'gc>>(
        mc: &Mutation<'gc>,
        contents: &T,
        owned: OwnedByCell,
    ) -> Self {
        let record = mc.of_this_thread();
        if !needs_drop::<T>() || !has_thin_pointers::<T>() {
            return Self { record, before: 0, owned: None };
        }
        Self { record, before: Tally::shallow(contents), owned: Some(owned) }
    }

    /// To be called when the contents are not changed any more, and still borrowed.
    ///
    /// # Safety
    ///
    /// 1. The mutation in which it began is open, and the calling thread's.
    /// 2. It began with the contents of this cell and the function that fits it, and nothing refers to them any more.
    #[inline]
    pub(super) unsafe fn end(&self, cell: NonNull<()>) {
        let Some(owned) = self.owned else { return };
        // SAFETY: the caller's duty 2.
        let after = unsafe { owned(cell) };
        if after != self.before {
            let change = summand(after) - summand(self.before);
            // SAFETY: the caller's duty 1.
            let record = unsafe { self.record.record() };
            // SAFETY: the thread is inside through it; nothing else uses what it allocates from meanwhile.
            unsafe { record.note_changed(change) };
        }
    }
}
