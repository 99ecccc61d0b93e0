//! What borrows change in what their contents own: found by comparing before and after.

use core::mem::needs_drop;

use crate::mutator::{Mutation, OfThisThread};
use crate::owned::summand;
use crate::trace::{Tally, Trace};

/// What contents that are borrowed exclusively owned at the beginning: the containers themselves, and not what is in them,
/// which the next cycle finds.
pub(super) struct Growth<T> {
    record: OfThisThread,
    before: usize,
    /// A function, as the guard's own drop does not know what `T` is. Where the guard ends in the function in which it began
    /// the compiler does.
    owned: fn(&T) -> usize,
}

impl<T> Growth<T> {
    #[inline]
    pub(super) fn begin<'gc>(mc: &Mutation<'gc>, contents: &T) -> Self
    where
        T: Trace<'gc>,
    {
        Self { record: mc.of_this_thread(), before: Tally::shallow(contents), owned: Tally::shallow::<T> }
    }

    /// To be called when the contents are not changed any more, and still borrowed.
    ///
    /// # Safety
    ///
    /// The mutation in which it began is open, and the calling thread's.
    #[inline]
    pub(super) unsafe fn end(&self, contents: &T) {
        if !needs_drop::<T>() {
            return;
        }
        let after = (self.owned)(contents);
        if after != self.before {
            let change = summand(after) - summand(self.before);
            // SAFETY: the caller's duty.
            let record = unsafe { self.record.record() };
            // SAFETY: the thread is inside through it; nothing else uses what it allocates from meanwhile.
            unsafe { record.note_changed(change) };
        }
    }
}
