//! [`GcRefCell`].

use core::cell::UnsafeCell;
use core::fmt;
use core::mem::offset_of;
use core::ptr::NonNull;

use super::borrow_error::BorrowError;
use super::borrow_word::{BorrowWord, Borrowed, Half};
use super::growth::{Growth, cell_at};
use super::ref_guards::{Ref, RefMut};
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask, SliceCell, length_bytes};
use crate::pointer::with_mutation_at_hand;
use crate::trace::{Parts, Rebrand, RebrandDst, Tally, Trace, Tracer};

/// Anything that changes in an object, borrowed dynamically: by any number of readers or one writer, on whatever threads.
///
/// Like `RefCell`: [`borrow`](Self::borrow) and [`borrow_mut`](Self::borrow_mut) never wait; they panic if the cell is
/// borrowed in a way that excludes theirs. Where a thread should wait for another one the contents belong in a
/// [`GcRwLock`](crate::GcRwLock).
///
/// A cell that one thread uses costs it a few plain instructions, no locked ones. When a second thread comes to it, all
/// that use it pay two locked instructions a borrow, until the next collection that reaches the contents; and for a
/// while so does the first thread in all of its cells. (Where the system has no `membarrier`, which Linux has, borrows are
/// locked instructions from the start.) Two threads that try at the same moment may both be refused.
///
/// Guards belong to the mutation: they are not `Send` and do not outlive it. A guard that is leaked
/// (`mem::forget`) keeps its cell borrowed for ever.
///
/// An array of any length that can be changed is a `GcRefCell<[T]>`, in an object of its own: [`from_fn`](Self::from_fn),
/// [`from_iter`](Self::from_iter). What its elements come to own in a borrow is counted at the next cycle.
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
#[repr(C)]
pub struct GcRefCell<T: ?Sized> {
    /// In front, where the guards of any contents find it.
    word: BorrowWord,
    contents: UnsafeCell<T>,
}

impl<T> GcRefCell<T> {
    /// A cell that holds `value`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcRefCell;
    ///
    /// let cell = GcRefCell::new(vec![1, 2]); // in no heap yet
    /// assert_eq!(cell.into_inner(), [1, 2]);
    /// ```
    #[cfg(not(loom))]
    pub const fn new(value: T) -> Self {
        Self { word: BorrowWord::new(), contents: UnsafeCell::new(value) }
    }

    /// A cell that holds `value`.
    #[cfg(loom)]
    pub fn new(value: T) -> Self {
        Self { word: BorrowWord::new(), contents: UnsafeCell::new(value) }
    }

    /// The contents.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcRefCell;
    ///
    /// assert_eq!(GcRefCell::new(7).into_inner(), 7);
    /// ```
    pub fn into_inner(self) -> T {
        self.contents.into_inner()
    }
}

impl<T: ?Sized> GcRefCell<T> {
    /// The contents of a cell that is not shared.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcRefCell;
    ///
    /// let mut cell = GcRefCell::new(vec![1]);
    /// cell.get_mut().push(2);
    /// assert_eq!(cell.into_inner(), [1, 2]);
    /// ```
    pub fn get_mut(&mut self) -> &mut T {
        self.contents.get_mut()
    }

    fn contents(&self) -> NonNull<T> {
        // SAFETY: the address of a part of a value is not null.
        unsafe { NonNull::new_unchecked(self.contents.get()) }
    }

    /// A shared borrow for the thread of a mutation, of whichever heap: what a borrow keeps away are other threads.
    #[inline]
    #[cfg_attr(debug_assertions, track_caller)]
    fn borrow_for<'a>(&'a self, mc: &'a Mutation<'_>) -> Result<Ref<'a, T>, BorrowError> {
        let half = self.word.borrow(&mc.record().bias)?;
        // SAFETY: just borrowed.
        Ok(unsafe { self.borrowed(half) })
    }

    /// # Safety
    ///
    /// The word has just been borrowed, in this half, in a mutation that `'a` does not outlive.
    #[inline]
    unsafe fn borrowed<'a>(&'a self, half: Half) -> Ref<'a, T> {
        // SAFETY: this cell; the rest is the caller's duty.
        unsafe { Ref::new(self.contents(), NonNull::from(self).cast(), half) }
    }

    /// What the contents own.
    ///
    /// # Safety
    ///
    /// `cell` is a cell of this type, whose contents nobody changes meanwhile.
    unsafe fn owned_by<'gc>(cell: NonNull<()>) -> usize
    where
        T: Trace<'gc>,
    {
        // SAFETY: the caller's duty.
        let cell: &Self = unsafe { cell_at(cell) };
        // SAFETY: the caller's duty.
        Tally::shallow(unsafe { cell.contents().as_ref() })
    }
}

impl<'gc, T: ?Sized + Trace<'gc>> GcRefCell<T> {
    /// Borrows the contents.
    ///
    /// # Errors
    ///
    /// The cell is borrowed exclusively, or as often as can be counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let cell = Gc::new(mc, GcRefCell::new(1));
    ///     let guard = cell.borrow_mut(mc);
    ///     assert!(cell.try_borrow(mc).is_err());
    ///     drop(guard);
    ///     assert_eq!(*cell.try_borrow(mc).unwrap(), 1);
    /// });
    /// ```
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn try_borrow<'a>(&'a self, mc: &'a Mutation<'gc>) -> Result<Ref<'a, T>, BorrowError> {
        self.borrow_for(mc)
    }

    /// Borrows the contents exclusively.
    ///
    /// # Errors
    ///
    /// The cell is borrowed.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let cell = Gc::new(mc, GcRefCell::new(1));
    ///     let guard = cell.borrow(mc);
    ///     assert!(cell.try_borrow_mut(mc).is_err());
    ///     drop(guard);
    ///     *cell.try_borrow_mut(mc).unwrap() += 1;
    ///     assert_eq!(*cell.borrow(mc), 2);
    /// });
    /// ```
    #[inline(always)]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn try_borrow_mut<'a>(&'a self, mc: &'a Mutation<'gc>) -> Result<RefMut<'a, T>, BorrowError> {
        let half = self.word.borrow_exclusively(&mc.record().bias)?;
        // SAFETY: just borrowed.
        Ok(unsafe { self.borrowed_exclusively(mc, half) })
    }

    /// # Safety
    ///
    /// The word has just been borrowed exclusively, in this half, in this mutation.
    #[inline(always)]
    unsafe fn borrowed_exclusively<'a>(&'a self, mc: &'a Mutation<'gc>, half: Half) -> RefMut<'a, T> {
        // SAFETY: the contents are borrowed exclusively.
        let growth = Growth::begin(mc, unsafe { self.contents().as_ref() }, Self::owned_by);
        // SAFETY: this cell, just borrowed exclusively, and growth of its contents.
        let borrow = unsafe { RefMut::new(self.contents(), NonNull::from(self).cast(), half, growth) };
        mc.changes(&*borrow);
        borrow
    }

    /// Borrows the contents.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow`](Self::try_borrow) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRefCell::new(vec!["Ada", "Charles"]));
    ///     let (one, other) = (names.borrow(mc), names.borrow(mc)); // any number at a time
    ///     assert_eq!((one[0], other.len()), ("Ada", 2));
    /// });
    /// ```
    #[track_caller]
    pub fn borrow<'a>(&'a self, mc: &'a Mutation<'gc>) -> Ref<'a, T> {
        match self.word.borrow(&mc.record().bias) {
            // SAFETY: just borrowed.
            Ok(half) => unsafe { self.borrowed(half) },
            Err(error) => refuse("GcRefCell::borrow", &error),
        }
    }

    /// Borrows the contents exclusively.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow_mut`](Self::try_borrow_mut) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRefCell::new(Vec::new()));
    ///     names.borrow_mut(mc).push("Ada");
    ///     assert_eq!(*names.borrow(mc), ["Ada"]);
    /// });
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn borrow_mut<'a>(&'a self, mc: &'a Mutation<'gc>) -> RefMut<'a, T> {
        self.borrow_mut_for(mc, "GcRefCell::borrow_mut")
    }

    #[inline(always)]
    #[track_caller]
    fn borrow_mut_for<'a>(&'a self, mc: &'a Mutation<'gc>, call: &'static str) -> RefMut<'a, T> {
        match self.word.borrow_exclusively(&mc.record().bias) {
            // SAFETY: just borrowed.
            Ok(half) => unsafe { self.borrowed_exclusively(mc, half) },
            Err(error) => refuse(call, &error),
        }
    }

    /// Changes the contents, in a borrow that ends with the closure, and returns what that returns.
    ///
    /// The closure gets a reference, unlike that of `Cell::update`, which gets a copy and returns one: what is in a
    /// `GcRefCell` is seldom `Copy`.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow_mut`](Self::try_borrow_mut) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let stack = Gc::new(mc, GcRefCell::new(vec![1, 2]));
    ///     let top = stack.update(mc, |stack| stack.pop());
    ///     assert_eq!(top, Some(2));
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn update<R>(&self, mc: &Mutation<'gc>, f: impl FnOnce(&mut T) -> R) -> R {
        f(&mut self.borrow_mut_for(mc, "GcRefCell::update"))
    }
}

impl<'gc, T: Trace<'gc>> GcRefCell<T> {
    /// Puts a value in the place of the contents, which are returned.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow_mut`](Self::try_borrow_mut) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let name = Gc::new(mc, GcRefCell::new(String::from("a")));
    ///     assert_eq!(name.replace(mc, String::from("b")), "a");
    ///     assert_eq!(*name.borrow(mc), "b");
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn replace(&self, mc: &Mutation<'gc>, value: T) -> T {
        core::mem::replace(&mut *self.borrow_mut_for(mc, "GcRefCell::replace"), value)
    }

    /// Takes the contents out and leaves their default.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow_mut`](Self::try_borrow_mut) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let waiting = Gc::new(mc, GcRefCell::new(vec![1, 2]));
    ///     assert_eq!(waiting.take(mc), [1, 2]);
    ///     assert!(waiting.borrow(mc).is_empty());
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn take(&self, mc: &Mutation<'gc>) -> T
    where
        T: Default,
    {
        core::mem::take(&mut *self.borrow_mut_for(mc, "GcRefCell::take"))
    }

    /// Exchanges the contents of two cells.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow_mut`](Self::try_borrow_mut) gives an error for one of them, as for a cell and itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let [a, b] = ["a", "b"].map(|name| Gc::new(mc, GcRefCell::new(name)));
    ///     a.swap(mc, &b);
    ///     assert_eq!((*a.borrow(mc), *b.borrow(mc)), ("b", "a"));
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn swap(&self, mc: &Mutation<'gc>, other: &Self) {
        let mut ours = self.borrow_mut_for(mc, "GcRefCell::swap");
        core::mem::swap(&mut *ours, &mut *other.borrow_mut_for(mc, "GcRefCell::swap"));
    }
}

impl<'gc, T: Trace<'gc> + Copy> GcRefCell<T> {
    /// A copy of the contents, in a borrow that ends at once.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow`](Self::try_borrow) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Mutation, Trace};
    ///
    /// /// Two words, and so too much for a `GcCell`.
    /// #[derive(Trace, Clone, Copy)]
    /// enum Value<'gc> {
    ///     Int(i64),
    ///     Text(Gc<'gc, String>),
    /// }
    ///
    /// #[derive(Trace)]
    /// struct Variable<'gc> {
    ///     value: GcRefCell<Value<'gc>>,
    /// }
    ///
    /// fn double<'gc>(mc: &Mutation<'gc>, variable: Gc<'gc, Variable<'gc>>) {
    ///     let doubled = match variable.value.get(mc) {
    ///         Value::Int(n) => Value::Int(2 * n),
    ///         Value::Text(text) => Value::Text(Gc::new(mc, text.repeat(2))),
    ///     };
    ///     variable.value.set(mc, doubled);
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let variable = Gc::new(mc, Variable { value: GcRefCell::new(Value::Int(i64::MAX / 2)) });
    ///     double(mc, variable);
    ///     assert!(matches!(variable.value.get(mc), Value::Int(n) if n == i64::MAX - 1));
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn get(&self, mc: &Mutation<'gc>) -> T {
        match self.word.borrow(&mc.record().bias) {
            // SAFETY: just borrowed.
            Ok(half) => *unsafe { self.borrowed(half) },
            Err(error) => refuse("GcRefCell::get", &error),
        }
    }

    /// Changes the contents, in a borrow that ends at once.
    ///
    /// # Panics
    ///
    /// Where [`try_borrow_mut`](Self::try_borrow_mut) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let position = Gc::new(mc, GcRefCell::new((0.0, 1.0)));
    ///     let (x, y) = position.get(mc);
    ///     position.set(mc, (x + 1.0, y));
    ///     assert_eq!(position.get(mc), (1.0, 1.0));
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn set(&self, mc: &Mutation<'gc>, value: T) {
        *self.borrow_mut_for(mc, "GcRefCell::set") = value;
    }
}

/// The panic of a borrow that cannot return its error. Apart, so that a borrow that succeeds prepares nothing for it.
#[cold]
#[track_caller]
fn refuse(call: &str, error: &BorrowError) -> ! {
    panic!("{call}: {error}")
}

// SAFETY: threads use the contents together to read them, and one alone to write them.
unsafe impl<T: ?Sized + Send + Sync> Sync for GcRefCell<T> {}

// SAFETY: duty 1: the contents report themselves; the collector reads them while no thread is inside a
// mutation, so no borrow is out but leaked ones, whose holders are gone. Duty 2: contents change in place, so
// nothing of them is in the mask.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for GcRefCell<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        // No thread is inside a mutation, or one has the value for itself.
        self.word.forget_sharing();
        // SAFETY: see above.
        unsafe { &*self.contents.get() }.trace(tracer);
    }

    fn owned(&self, tally: &mut Tally) {
        // SAFETY: asked by whoever has the value for itself, or as `trace` is.
        unsafe { &*self.contents.get() }.owned(tally);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit_changing::<T>(T::drop_kind)
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        // SAFETY: see above.
        unsafe { &*self.contents.get() }.trace_parts(parts);
    }
}

// SAFETY: only the brand of the contents changes.
unsafe impl<T: Rebrand> Rebrand for GcRefCell<T> {
    type Static = GcRefCell<T::Static>;
    type At<'a> = GcRefCell<T::At<'a>>;
}

// SAFETY: as above; the metadata of pointers to them is the number of elements.
unsafe impl<T: Rebrand> RebrandDst for GcRefCell<[T]> {
    type Static = GcRefCell<[T::Static]>;
    type At<'a> = GcRefCell<[T::At<'a>]>;
}

// SAFETY: duty 1: `repr(C)`: the contents begin where a `T` would; the alignment is as asserted. Duty 2: the cast keeps
// address and metadata.
unsafe impl<'gc, T: Trace<'gc>> SliceCell<'gc> for GcRefCell<[T]> {
    type Item = T;
    const FRONT_BYTES: usize = {
        assert!(align_of::<GcRefCell<T>>() <= length_bytes::<T>());
        offset_of!(GcRefCell<T>, contents)
    };

    fn whole(at: *mut u8, len: usize) -> *mut Self {
        core::ptr::slice_from_raw_parts_mut(at.cast::<T>(), len) as *mut Self
    }

    unsafe fn write_front(cell: *mut Self) {
        // SAFETY: the caller's duty: in bounds.
        let word = unsafe { &raw mut (*cell).word };
        // SAFETY: the caller's duty, and aligned.
        unsafe { word.write(BorrowWord::new()) };
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for GcRefCell<T> {
    /// Prints the state only, as the contents need a mutation to be looked at: [`Gc::debug`](crate::Gc::debug) has one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = with_mutation_at_hand(|mc| {
            let contents = self.borrow_for(mc).ok()?;
            Some(f.debug_tuple("GcRefCell").field(&&*contents).finish())
        });
        shown.flatten().unwrap_or_else(|| {
            let state = match self.word.borrowed() {
                Borrowed::Not => "free",
                Borrowed::Shared => "borrowed",
                Borrowed::Exclusive => "borrowed exclusively",
            };
            write!(f, "GcRefCell({state})")
        })
    }
}

impl<T: Default> Default for GcRefCell<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
