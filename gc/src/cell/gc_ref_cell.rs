//! [`GcRefCell`].

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use super::borrow_word::{BorrowWord, Borrowed};
use super::growth::Growth;
use crate::mutator::{Mutation, adopt};
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, Tally, Trace, Tracer};

/// Anything that changes in an object, borrowed dynamically by one thread at a time.
///
/// Like `RefCell`: [`borrow`](Self::borrow) and [`borrow_mut`](Self::borrow_mut) panic on a conflict, and cost
/// a few plain instructions, no locked ones. A cell belongs to the thread that used it last; another thread
/// that finds that thread outside of any mutation (or ended) takes it over. If it is inside a mutation right
/// now the borrow fails, as it never waits: data that several threads use at the same time belongs in a
/// [`GcRwLock`](crate::GcRwLock).
///
/// Guards belong to the mutation: they are not `Send` and do not outlive it. A guard that is leaked
/// (`mem::forget`) keeps its cell borrowed for ever.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, Heap};
///
/// Heap::new().mutate(|mc| {
///     let words = Gc::new(mc, GcRefCell::new(vec!["a"]));
///     words.borrow_mut(mc).push("b");
///     assert_eq!(words.borrow(mc).len(), 2);
/// });
/// ```
pub struct GcRefCell<T> {
    word: BorrowWord,
    contents: UnsafeCell<T>,
}

/// Why a [`GcRefCell`] could not be borrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BorrowError {
    /// It is borrowed exclusively, or an exclusive borrow was asked for and it is borrowed.
    Borrowed,
    /// It belongs to another thread, which is inside a mutation now.
    OwnedBy {
        /// Name of the thread.
        thread: String,
    },
}

impl fmt::Display for BorrowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Borrowed => f.write_str("the cell is already borrowed"),
            Self::OwnedBy { thread } => write!(
                f,
                "the cell belongs to thread `{thread}`, which is inside a mutation now; contents that \
                 several threads use at the same time belong in a `GcRwLock`"
            ),
        }
    }
}

impl core::error::Error for BorrowError {}

impl<T> GcRefCell<T> {
    /// A cell that holds `value`.
    #[cfg(not(loom))]
    pub const fn new(value: T) -> Self {
        Self { word: BorrowWord::new(), contents: UnsafeCell::new(value) }
    }

    /// A cell that holds `value`.
    #[cfg(loom)]
    pub fn new(value: T) -> Self {
        Self { word: BorrowWord::new(), contents: UnsafeCell::new(value) }
    }

    /// The contents of a cell that is not shared.
    pub fn get_mut(&mut self) -> &mut T {
        self.contents.get_mut()
    }

    /// The contents.
    pub fn into_inner(self) -> T {
        self.contents.into_inner()
    }
}

impl<'gc, T: Trace<'gc>> GcRefCell<T> {
    /// Borrows the contents.
    ///
    /// # Errors
    ///
    /// The cell is borrowed exclusively, or belongs to another thread that is inside a mutation.
    pub fn try_borrow<'a>(&'a self, mc: &'a Mutation<'gc>) -> Result<Ref<'a, T>, BorrowError> {
        self.word.borrow(mc.record().id, adopt)?;
        Ok(Ref { cell: self, thread_bound: PhantomData })
    }

    /// Borrows the contents exclusively.
    ///
    /// # Errors
    ///
    /// The cell is borrowed, or belongs to another thread that is inside a mutation.
    #[inline(always)]
    pub fn try_borrow_mut<'a>(&'a self, mc: &'a Mutation<'gc>) -> Result<RefMut<'a, T>, BorrowError> {
        self.word.borrow_exclusively(mc.record().id, adopt)?;
        // SAFETY: just borrowed exclusively.
        let growth = Growth::begin(mc, unsafe { &*self.contents.get() });
        let borrow = RefMut { cell: self, growth, thread_bound: PhantomData };
        mc.changes(&*borrow);
        Ok(borrow)
    }

    /// Borrows the contents.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow`](Self::try_borrow) gives an error.
    #[track_caller]
    pub fn borrow<'a>(&'a self, mc: &'a Mutation<'gc>) -> Ref<'a, T> {
        match self.try_borrow(mc) {
            Ok(borrow) => borrow,
            Err(error) => panic!("GcRefCell::borrow: {error}"),
        }
    }

    /// Borrows the contents exclusively.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow_mut`](Self::try_borrow_mut) gives an error.
    #[inline(always)]
    #[track_caller]
    pub fn borrow_mut<'a>(&'a self, mc: &'a Mutation<'gc>) -> RefMut<'a, T> {
        match self.try_borrow_mut(mc) {
            Ok(borrow) => borrow,
            Err(error) => panic!("GcRefCell::borrow_mut: {error}"),
        }
    }
}

/// A shared borrow of a [`GcRefCell`].
pub struct Ref<'a, T> {
    cell: &'a GcRefCell<T>,
    /// The word is written without locked instructions, by this thread only.
    thread_bound: PhantomData<*const T>,
}

/// The exclusive borrow of a [`GcRefCell`].
pub struct RefMut<'a, T> {
    cell: &'a GcRefCell<T>,
    growth: Growth<T>,
    /// As in [`Ref`]; and invariant, as contents go in and out.
    thread_bound: PhantomData<*mut T>,
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the cell counts this borrow, so nobody writes the contents.
        unsafe { &*self.cell.contents.get() }
    }
}

impl<T> Drop for Ref<'_, T> {
    fn drop(&mut self) {
        self.cell.word.release();
    }
}

impl<T> Deref for RefMut<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the cell counts this borrow, so nobody else uses the contents.
        unsafe { &*self.cell.contents.get() }
    }
}

impl<T> DerefMut for RefMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { &mut *self.cell.contents.get() }
    }
}

impl<T> Drop for RefMut<'_, T> {
    fn drop(&mut self) {
        // SAFETY: a guard ends before its mutation, and is not `Send`.
        unsafe { self.growth.end(self) };
        self.cell.word.release_exclusive();
    }
}

impl<T: fmt::Debug> fmt::Debug for Ref<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for RefMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

// SAFETY: one thread at a time uses the contents, and takes them over only when no other can.
unsafe impl<T: Send + Sync> Sync for GcRefCell<T> {}

// SAFETY: duty 1: the contents report themselves; the collector reads them while no thread is inside a
// mutation, so no borrow is out but leaked ones, whose holders are gone. Duty 2: contents change in place, so
// nothing of them is in the mask.
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for GcRefCell<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        // SAFETY: see above.
        unsafe { &*self.contents.get() }.trace(tracer);
    }

    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn owned(&self, tally: &mut Tally) {
        // SAFETY: asked by whoever has the value for itself, or as `trace` is.
        unsafe { &*self.contents.get() }.owned(tally);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit_changing::<T>(T::drop_kind)
    }
}

// SAFETY: only the brand of the contents changes.
unsafe impl<T: Rebrand> Rebrand for GcRefCell<T> {
    type Static = GcRefCell<T::Static>;
    type At<'a> = GcRefCell<T::At<'a>>;
}

impl<T> fmt::Debug for GcRefCell<T> {
    /// Prints the state only: the contents need a mutation to be looked at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.word.borrowed() {
            Borrowed::Not => "free",
            Borrowed::Shared => "borrowed",
            Borrowed::Exclusive => "borrowed exclusively",
        };
        write!(f, "GcRefCell({state})")
    }
}

impl<T: Default> Default for GcRefCell<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
