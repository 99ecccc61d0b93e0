//! [`Gc::debug`]: printing with a mutation at hand, so that cells can be looked into.
//!
//! `Debug` is given no mutation, and the cells are somewhere in what is printed. So the mutation is left with the thread
//! while it prints, and the cells ask for it.

use core::cell::Cell;
use core::fmt;
use core::ptr::NonNull;

use super::Gc;
use crate::mutator::Mutation;

thread_local! {
    /// The mutation that this thread prints with, if it does. Nothing is to be dropped: it may print to its very end.
    static AT_HAND: Cell<Option<NonNull<Mutation<'static>>>> = const { Cell::new(None) };
}

/// Leaves a mutation with the thread; as long as this exists, also where it ends by a panic.
struct AtHand<'a, 'gc> {
    before: Option<NonNull<Mutation<'static>>>,
    _mc: &'a Mutation<'gc>,
}

impl<'a, 'gc> AtHand<'a, 'gc> {
    fn new(mc: &'a Mutation<'gc>) -> Self {
        // The brand goes: see `with_mutation_at_hand`.
        Self { before: AT_HAND.replace(Some(NonNull::from(mc).cast())), _mc: mc }
    }
}

impl Drop for AtHand<'_, '_> {
    fn drop(&mut self) {
        AT_HAND.set(self.before);
    }
}

/// Calls `f` with the mutation that this thread prints with, if it does. It may be of another heap than what is printed:
/// it says that the thread is inside of a mutation, and through which record.
pub(crate) fn with_mutation_at_hand<R>(f: impl FnOnce(&Mutation<'_>) -> R) -> Option<R> {
    // SAFETY: an `AtHand` of this thread borrows it, in a call that has not returned, and `f` returns before that. What `f`
    // may do with it does not depend on the brand.
    AT_HAND.get().map(|mc| f(unsafe { mc.as_ref() }))
}

impl<'gc, T: ?Sized + fmt::Debug> Gc<'gc, T> {
    /// What prints the object with this mutation at hand: what is in a [`GcRefCell`](crate::GcRefCell) or
    /// [`GcRwLock`](crate::GcRwLock) is shown, too, if this thread may read it now.
    ///
    /// `{:?}` of a `Gc` alone shows of these whether they are free. In either case each object is printed once.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Trace};
    ///
    /// #[derive(Trace, Debug)]
    /// struct Folder<'gc> {
    ///     name: &'static str,
    ///     entries: GcRefCell<Vec<Gc<'gc, Folder<'gc>>>>,
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let folder = |name| Gc::new(mc, Folder { name, entries: GcRefCell::default() });
    ///     let top = folder("top");
    ///     top.entries.borrow_mut(mc).push(folder("src"));
    ///     assert_eq!(format!("{top:?}"), r#"Folder { name: "top", entries: GcRefCell(free) }"#);
    ///     let text = format!("{:?}", Gc::debug(top, mc));
    ///     assert!(text.starts_with(r#"Folder { name: "top", entries: GcRefCell([Folder { name: "src", "#), "{text}");
    ///     let guard = top.entries.borrow_mut(mc);
    ///     let text = format!("{:?}", Gc::debug(top, mc));
    ///     assert_eq!(text, r#"Folder { name: "top", entries: GcRefCell(borrowed exclusively) }"#);
    ///     # drop(guard);
    /// });
    /// ```
    pub fn debug<'a>(this: Self, mc: &'a Mutation<'gc>) -> impl fmt::Debug + use<'a, 'gc, T> {
        DebugWith { gc: this, mc }
    }
}

/// An object and the mutation to print it with.
struct DebugWith<'a, 'gc, T: ?Sized> {
    gc: Gc<'gc, T>,
    mc: &'a Mutation<'gc>,
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for DebugWith<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _at_hand = AtHand::new(self.mc);
        fmt::Debug::fmt(&self.gc, f)
    }
}
