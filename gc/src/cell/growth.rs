//! What borrows change in what their contents own: found by comparing before and after.

use core::mem::needs_drop;
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
    /// A function, as a guard does not know what the cell holds; none if that owns nothing. Where the guard ends in the
    /// function in which it began the compiler knows.
    owned: Option<OwnedByCell>,
}

impl Growth {
    #[inline]
    pub(super) fn begin<'gc, T: Trace<'gc>>(mc: &Mutation<'gc>, contents: &T, owned: OwnedByCell) -> Self {
        let owned = needs_drop::<T>().then_some(owned);
        Self { record: mc.of_this_thread(), before: Tally::shallow(contents), owned }
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
