//! [`Tagged`].

use core::fmt;
use core::marker::PhantomData;

use super::word::{RebrandWord, Word};
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, Trace, Tracer};

/// A value of a [`Word`] type as the one word that it is in a [`GcCell`](crate::GcCell): a copy of 8 bytes, where an enum takes
/// 16.
///
/// For what keeps many values, or moves them about: the stack and the constants of an interpreter, a `GcSlice` or `GcVec` of
/// values, a field that never changes. The collector finds its edge by mask, and a copy does not look what the value is.
/// [`get`](Self::get) does, and costs what the `match` on an enum's tag costs.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcVec, Heap, Tagged, Trace, Word};
///
/// #[derive(Clone, Copy, PartialEq, Debug, Trace, Word)]
/// enum Value<'gc> {
///     Nil,
///     Number(f64),
///     Text(Gc<'gc, String>),
/// }
///
/// assert_eq!((size_of::<Value<'_>>(), size_of::<Tagged<Value<'_>>>()), (16, 8));
/// Heap::new().mutate(|mc| {
///     let mut stack = GcVec::new();
///     for value in [Value::Number(0.5), Value::Text(Gc::new(mc, "text".into()))] {
///         stack.push(mc, Tagged::new(value));
///     }
///     stack.swap(0, 1);
///     assert_eq!(stack[1].get(), Value::Number(0.5));
/// });
/// ```
#[repr(transparent)]
pub struct Tagged<T> {
    word: *mut (),
    /// As one of the values.
    contents: PhantomData<T>,
}

impl<T> Tagged<T> {
    /// The value as a word.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Tagged;
    ///
    /// assert_eq!(Tagged::new('a').get(), 'a');
    /// ```
    #[inline]
    pub fn new<'gc>(value: T) -> Self
    where
        T: Word<'gc>,
    {
        // SAFETY: made from a `T`, here.
        unsafe { Self::of_word(value.into_word()) }
    }

    /// The value of the word.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Tagged;
    ///
    /// assert_eq!(Tagged::new(-1_i64).get(), -1);
    /// ```
    #[inline]
    pub fn get<'gc>(self) -> T
    where
        T: Word<'gc>,
    {
        // SAFETY: the word was made from a `T`.
        unsafe { T::from_word(self.word) }
    }

    /// Whether both are the same word: the same object, or the same small value. Of an `f64` the zeros differ, and of an
    /// enum with an `f64` all NaNs are the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Tagged};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (a, b) = (Gc::new(mc, 1), Gc::new(mc, 1));
    ///     assert!(Tagged::new(a).is_same(Tagged::new(a)));
    ///     assert!(!Tagged::new(a).is_same(Tagged::new(b)));
    /// });
    /// ```
    #[inline]
    pub fn is_same(self, other: Self) -> bool {
        core::ptr::addr_eq(self.word, other.word)
    }

    /// # Safety
    ///
    /// The word was made from a `T`, of this brand.
    #[inline]
    pub(super) unsafe fn of_word(word: *mut ()) -> Self {
        Self { word, contents: PhantomData }
    }

    #[inline]
    pub(super) fn word(self) -> *mut () {
        self.word
    }
}

impl<T> Copy for Tagged<T> {}

impl<T> Clone for Tagged<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<'gc, T: Word<'gc> + Default> Default for Tagged<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<'gc, T: Word<'gc> + fmt::Debug> fmt::Debug for Tagged<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl<'gc, T: Word<'gc>> From<T> for Tagged<T> {
    #[inline]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

// SAFETY: it is a value of `T`, written in another way.
unsafe impl<T: Send> Send for Tagged<T> {}
// SAFETY: as above; it never changes.
unsafe impl<T: Sync> Sync for Tagged<T> {}

// SAFETY: duty 1, 2: the one word is a masked word if `T` may hold an edge (duty 2 of `Word`) and is no edge otherwise. The
// value is `Copy` and needs no drop.
unsafe impl<'gc, T: Word<'gc>> Trace<'gc> for Tagged<T> {
    const MASK: Mask = if T::EDGE { Mask::WORD } else { Mask::EMPTY };
    const TAIL: bool = false;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        if const { T::EDGE } {
            tracer.masked_word(self.word.cast());
        }
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand of the value changes.
unsafe impl<T: RebrandWord> Rebrand for Tagged<T> {
    type Static = Tagged<T::WordStatic>;
    type At<'a> = Tagged<T::WordAt<'a>>;
}
