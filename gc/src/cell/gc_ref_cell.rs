//! [`GcRefCell`].
//!
//! One word guards the contents: the identity of the mutator that the cell is bound to, and its borrows. Only
//! that mutator's thread writes the word, with plain instructions, while it is bound. Another mutator takes
//! the cell over (*adopts* it) when the owner has ended or is outside of any mutation and no borrow is out;
//! then nothing can refer to the contents, as no borrow outlives its mutation, and the owner's thread cannot
//! enter while its gate is locked.
//!
//! ```text
//! bits 63 .. 24   identity of the mutator, 0 while no thread has borrowed
//! bits 23 .. 0    shared borrows, or all ones for an exclusive one
//! ```
//!
//! # Invariants
//!
//! 1. A word with borrows belongs to a mutator that is inside a mutation, or to a leaked guard, which keeps
//!    the cell locked for ever.
//! 2. Only the owner's thread changes a word with an owner, but for adoption.

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use crate::mutator::{Adoption, Mutation, MutatorId, adopt};
use crate::object::{DropKind, DropWalk, Mask};
use crate::sync::{AtomicU64, Ordering};
use crate::trace::{Rebrand, Trace, Tracer};

/// Bits for borrows, below the owner.
const COUNT_BITS: u32 = 64 - MutatorId::BITS;
/// The borrows of a word; as a count: an exclusive borrow.
const EXCLUSIVE: u64 = (1 << COUNT_BITS) - 1;

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
    word: AtomicU64,
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
    pub const fn new(value: T) -> Self {
        Self { word: AtomicU64::new(0), contents: UnsafeCell::new(value) }
    }

    /// The contents of a cell that is not shared.
    pub fn get_mut(&mut self) -> &mut T {
        self.contents.get_mut()
    }

    /// The contents.
    pub fn into_inner(self) -> T {
        self.contents.into_inner()
    }

    /// Reads the word as its owner's thread, or makes this thread the owner.
    fn bind(&self, id: MutatorId) -> Result<u64, BorrowError> {
        // Relaxed: a word with our identity was written by this thread; any other is looked at below.
        let word = self.word.load(Ordering::Relaxed);
        if word >> COUNT_BITS == id.number() { Ok(word) } else { self.bind_slow(id) }
    }

    #[cold]
    fn bind_slow(&self, id: MutatorId) -> Result<u64, BorrowError> {
        let mine = id.number() << COUNT_BITS;
        loop {
            // Acquire: pairs with the release of the exchange by which another thread takes the cell.
            let word = self.word.load(Ordering::Acquire);
            let exchange = || {
                // Acquire and release: pairs with the exchange of the next owner. What the last owner did it
                // did before leaving its mutation, which the lock in `adopt` orders before this.
                self.word.compare_exchange(word, mine, Ordering::AcqRel, Ordering::Acquire)
            };
            let owner = word >> COUNT_BITS;
            if owner == 0 {
                if exchange().is_ok() {
                    return Ok(mine);
                }
                continue;
            }
            if owner == id.number() {
                return Ok(word);
            }
            let mut taken = false;
            match adopt(owner, || taken = word & EXCLUSIVE == 0 && exchange().is_ok()) {
                Adoption::OwnerInside(thread) => return Err(BorrowError::OwnedBy { thread }),
                Adoption::Done if taken => return Ok(mine),
                // A guard was leaked (invariant 1).
                Adoption::Done if self.word.load(Ordering::Acquire) == word => {
                    return Err(BorrowError::Borrowed);
                }
                // The owner borrowed or another thread was faster: look again.
                Adoption::Done => {}
            }
        }
    }
}

impl<'gc, T: Trace<'gc>> GcRefCell<T> {
    /// Borrows the contents.
    ///
    /// # Errors
    ///
    /// The cell is borrowed exclusively, or belongs to another thread that is inside a mutation.
    pub fn try_borrow<'a>(&'a self, mc: &'a Mutation<'gc>) -> Result<Ref<'a, T>, BorrowError> {
        let word = self.bind(mc.record().id)?;
        // One more would be an exclusive borrow.
        if word & EXCLUSIVE >= EXCLUSIVE - 1 {
            return Err(BorrowError::Borrowed);
        }
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        self.word.store(word + 1, Ordering::Relaxed);
        Ok(Ref { cell: self, thread_bound: PhantomData })
    }

    /// Borrows the contents exclusively.
    ///
    /// # Errors
    ///
    /// The cell is borrowed, or belongs to another thread that is inside a mutation.
    pub fn try_borrow_mut<'a>(&'a self, mc: &'a Mutation<'gc>) -> Result<RefMut<'a, T>, BorrowError> {
        let word = self.bind(mc.record().id)?;
        if word & EXCLUSIVE != 0 {
            return Err(BorrowError::Borrowed);
        }
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        self.word.store(word | EXCLUSIVE, Ordering::Relaxed);
        Ok(RefMut { cell: self, thread_bound: PhantomData })
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
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        let word = self.cell.word.load(Ordering::Relaxed);
        self.cell.word.store(word - 1, Ordering::Relaxed);
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
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        let word = self.cell.word.load(Ordering::Relaxed);
        self.cell.word.store(word & !EXCLUSIVE, Ordering::Relaxed);
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

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<T>(T::drop_kind)
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
        // Relaxed: a hint for people.
        let state = match self.word.load(Ordering::Relaxed) & EXCLUSIVE {
            0 => "free",
            EXCLUSIVE => "borrowed exclusively",
            _ => "borrowed",
        };
        write!(f, "GcRefCell({state})")
    }
}

impl<T: Default> Default for GcRefCell<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
