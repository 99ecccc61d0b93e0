//! [`GcCell`].

use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::tagged::Tagged;
use super::word::{RebrandWord, Word};
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::Gc;
use crate::trace::{Rebrand, Trace, Tracer};

/// A mutable word in an object: a [`Gc`](crate::Gc), an `Option` of one, a number, or what `#[derive(Word)]`
/// packs. Any thread may read and write it; there is no lock.
///
/// `get` is a load. `set` is a store and needs the mutation, so that the collector can be told of it. A
/// value seen by `get` on another thread comes with everything its writer did before `set`.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcCell, Heap, Trace};
///
/// #[derive(Trace)]
/// struct Node<'gc> {
///     next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
/// }
///
/// Heap::new().mutate(|mc| {
///     let a = Gc::new(mc, Node { next: GcCell::new(None) });
///     let b = Gc::new(mc, Node { next: GcCell::new(Some(a)) });
///     a.next.set(mc, Some(b)); // a ring
///     assert!(Gc::ptr_eq(a, b.next.get().unwrap()));
/// });
/// ```
#[repr(transparent)]
pub struct GcCell<T> {
    /// The word; a pointer and not a number, because it carries the provenance of a `Gc`.
    word: AtomicPtr<()>,
    /// Invariant: values go in and out.
    contents: PhantomData<fn(T) -> T>,
}

impl<T> GcCell<T> {
    /// A cell that holds `value`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell};
    ///
    /// let number = GcCell::new(1.5_f64); // in no heap yet
    /// let nothing: GcCell<Option<Gc<'_, String>>> = GcCell::new(None);
    /// assert_eq!((number.get(), nothing.get()), (1.5, None));
    /// ```
    pub fn new<'gc>(value: T) -> Self
    where
        T: Word<'gc>,
    {
        Self::new_tagged(Tagged::new(value))
    }

    /// The value.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let count = Gc::new(mc, GcCell::new(1_u64));
    ///     assert_eq!(count.get(), 1); // needs no `mc`
    /// });
    /// ```
    #[inline]
    pub fn get<'gc>(&self) -> T
    where
        T: Word<'gc>,
    {
        self.get_tagged().get()
    }

    /// Stores a value.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let last = Gc::new(mc, GcCell::new(None));
    ///     last.set(mc, Some(Gc::new(mc, 7)));
    ///     assert_eq!(*last.get().unwrap(), 7);
    /// });
    /// ```
    #[inline]
    pub fn set<'gc>(&self, mc: &Mutation<'gc>, value: T)
    where
        T: Word<'gc>,
    {
        self.set_tagged(mc, Tagged::new(value));
    }

    /// The value as the word that it is here: a load, whatever the type.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcCell, Tagged};
    ///
    /// assert!(GcCell::new('a').get_tagged().is_same(Tagged::new('a')));
    /// ```
    #[inline]
    pub fn get_tagged<'gc>(&self) -> Tagged<T>
    where
        T: Word<'gc>,
    {
        // Acquire: pairs with the release in `set_tagged`, so that the target is seen as it was published.
        let word = self.word.load(Ordering::Acquire);
        // SAFETY: the cell holds only words that were made from a `T`.
        unsafe { Tagged::of_word(word) }
    }

    /// Stores a value that is a word already.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let pair = Gc::new(mc, [1, 2].map(GcCell::new));
    ///     pair[0].set_tagged(mc, pair[1].get_tagged());
    ///     assert_eq!(pair[0].get(), 2);
    /// });
    /// ```
    #[inline]
    pub fn set_tagged<'gc>(&self, mc: &Mutation<'gc>, value: Tagged<T>)
    where
        T: Word<'gc>,
    {
        self.saves(mc);
        // Release: pairs with the acquire in `get_tagged`.
        self.word.store(value.word(), Ordering::Release);
    }

    /// A cell with a value that is a word already.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcCell, Tagged};
    ///
    /// assert_eq!(GcCell::new_tagged(Tagged::new(7)).get(), 7);
    /// ```
    #[inline]
    pub fn new_tagged<'gc>(value: Tagged<T>) -> Self
    where
        T: Word<'gc>,
    {
        Self { word: AtomicPtr::new(value.word()), contents: PhantomData }
    }

    /// Stores a value and returns the one that was there.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let state = Gc::new(mc, GcCell::new('a'));
    ///     assert_eq!(state.replace(mc, 'b'), 'a');
    ///     assert_eq!(state.get(), 'b');
    /// });
    /// ```
    #[inline]
    pub fn replace<'gc>(&self, mc: &Mutation<'gc>, value: T) -> T
    where
        T: Word<'gc>,
    {
        self.saves(mc);
        // Acquire and release: pairs with `get_tagged` and `set_tagged`.
        let old = self.word.swap(Tagged::new(value).word(), Ordering::AcqRel);
        // SAFETY: as in `get_tagged`.
        unsafe { Tagged::of_word(old) }.get()
    }

    /// Stores `new` if the cell holds `current`, compared by bits.
    ///
    /// # Errors
    ///
    /// The value that the cell holds, if it is another.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let owner = Gc::new(mc, GcCell::new(0_u64));
    ///     assert_eq!(owner.compare_exchange(mc, 0, 7), Ok(0));
    ///     assert_eq!(owner.compare_exchange(mc, 0, 8), Err(7)); // somebody was faster
    /// });
    /// ```
    #[inline]
    pub fn compare_exchange<'gc>(&self, mc: &Mutation<'gc>, current: T, new: T) -> Result<T, T>
    where
        T: Word<'gc>,
    {
        self.saves(mc);
        let [current, new] = [current, new].map(|value| Tagged::new(value).word());
        // Acquire and release: pairs with `get_tagged` and `set_tagged`.
        let outcome = self.word.compare_exchange(current, new, Ordering::AcqRel, Ordering::Acquire);
        let (Ok(word) | Err(word)) = outcome;
        // SAFETY: as in `get_tagged`.
        let held = unsafe { Tagged::of_word(word) }.get();
        outcome.map(|_| held).map_err(|_| held)
    }
}

impl<T> GcCell<T> {
    /// Stores what `f` makes of the value, and returns the one that was there.
    ///
    /// One step for all threads, as `fetch_update` of an atomic: `f` is called again if another thread has stored a
    /// value meanwhile. Values are compared by bits.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let highest = Gc::new(mc, GcCell::new(3));
    ///     assert_eq!(highest.update(mc, |number| number.max(5)), 3);
    ///     assert_eq!(highest.get(), 5);
    /// });
    /// ```
    #[inline]
    pub fn update<'gc>(&self, mc: &Mutation<'gc>, mut f: impl FnMut(T) -> T) -> T
    where
        T: Word<'gc>,
    {
        let mut current = self.get();
        loop {
            match self.compare_exchange(mc, current, f(current)) {
                Ok(before) => return before,
                Err(other) => current = other,
            }
        }
    }

    /// Takes the value and leaves its default, which of an `Option` is `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let found = Gc::new(mc, GcCell::new(Some(Gc::new(mc, 7))));
    ///     assert_eq!(*found.take(mc).unwrap(), 7);
    ///     assert!(found.get().is_none());
    /// });
    /// ```
    #[inline]
    pub fn take<'gc>(&self, mc: &Mutation<'gc>) -> T
    where
        T: Word<'gc> + Default,
    {
        self.replace(mc, T::default())
    }

    /// Exchanges the values of two cells.
    ///
    /// Not in one step: another thread may see one value in both, and what it stores meanwhile may be lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let [a, b] = [1, 2].map(|number| Gc::new(mc, GcCell::new(number)));
    ///     a.swap(mc, &b);
    ///     assert_eq!((a.get(), b.get()), (2, 1));
    /// });
    /// ```
    #[inline]
    pub fn swap<'gc>(&self, mc: &Mutation<'gc>, other: &Self)
    where
        T: Word<'gc>,
    {
        let theirs = other.get();
        other.set(mc, self.replace(mc, theirs));
    }

    /// Saves what is about to be overwritten, if a cycle needs it.
    #[inline]
    fn saves<'gc>(&self, mc: &Mutation<'gc>)
    where
        T: Word<'gc>,
    {
        if T::EDGE {
            // Relaxed: the target is only marked.
            mc.overwrites(|| self.word.load(Ordering::Relaxed).cast());
        }
    }
}

// SAFETY: the contents are `Copy` words of which every thread gets its own copy, and access is atomic.
unsafe impl<T: Send + Sync> Sync for GcCell<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Send for GcCell<T> {}

// SAFETY: duty 1, 2: the one word is a masked word if `T` may hold an edge (duty 2 of `Word`) and is no
// edge otherwise. The contents are `Copy` and need no drop.
unsafe impl<'gc, T: Word<'gc>> Trace<'gc> for GcCell<T> {
    const MASK: Mask = if T::EDGE { Mask::WORD } else { Mask::EMPTY };
    const TAIL: bool = false;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        if const { T::EDGE } {
            // Relaxed: as for any masked word, see `layout::load_word`.
            tracer.masked_word(self.word.load(Ordering::Relaxed).cast());
        }
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand of the contents changes.
unsafe impl<T: RebrandWord> Rebrand for GcCell<T> {
    type Static = GcCell<T::WordStatic>;
    type At<'a> = GcCell<T::WordAt<'a>>;
}

impl<T> Default for GcCell<Option<Gc<'_, T>>> {
    /// A cell that holds `None`.
    fn default() -> Self {
        Self { word: AtomicPtr::default(), contents: PhantomData }
    }
}

/// Numbers start at zero, as their own defaults do.
macro_rules! zero_by_default {
    ($($T:ty),*) => {$(
        impl Default for GcCell<$T> {
            fn default() -> Self {
                Self::new(<$T>::default())
            }
        }
    )*};
}
zero_by_default!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64, bool, char);

impl<T> fmt::Debug for GcCell<T> {
    /// Prints the word, whatever it stands for: to read it as a value takes `T: Word`, and a `#[derive(Debug)]` on a generic
    /// list would not compile, as it asks for `Debug` only. `{:?}` of [`get`](Self::get) prints the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relaxed: the target is not looked at.
        write!(f, "GcCell({:p})", self.word.load(Ordering::Relaxed))
    }
}
