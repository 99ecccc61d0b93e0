//! What borrows change in what their contents own: found by comparing before and after.

use core::marker::PhantomData;
use core::mem::needs_drop;

use crate::mutator::{Mutation, Record};
use crate::owned::summand;
use crate::trace::{Tally, Trace};

/// What contents that are borrowed exclusively owned at the beginning: the containers themselves, and not what is in them,
/// which the next cycle finds.
pub(super) struct Growth<'a, T> {
    record: &'a Record,
    before: usize,
    /// A function, as the guard's own drop does not know what `T` is. Where the guard ends in the function in which it began
    /// the compiler does.
    owned: fn(&T) -> usize,
    /// The record belongs to its thread.
    thread_bound: PhantomData<*const ()>,
}

impl<'a, T> Growth<'a, T> {
    #[inline]
    pub(super) fn begin<'gc>(mc: &'a Mutation<'gc>, contents: &T) -> Self
    where
        T: Trace<'gc>,
    {
        let before = Tally::shallow(contents);
        Self { record: mc.record(), before, owned: Tally::shallow::<T>, thread_bound: PhantomData }
    }

    /// To be called when the contents are not changed any more, and still borrowed.
    #[inline]
    pub(super) fn end(&self, contents: &T) {
        if !needs_drop::<T>() {
            return;
        }
        let after = (self.owned)(contents);
        if after != self.before {
            let change = summand(after) - summand(self.before);
            // SAFETY: the borrow is of a mutation that is open, of this thread, as it is not `Send`.
            unsafe { self.record.note_changed(change) };
        }
    }
}
