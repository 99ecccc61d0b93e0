//! What fits a [`GcCell`](super::GcCell): values that are one word.
//!
//! A word that may hold an edge is a *masked word* and keeps the masked words' rule (`object::mask`): an edge is an
//! address, perhaps with a tag of 0 to 14 in bits 48 to 51; everything else is null, or a number not below 15 x 2^48.
//! How `#[derive(Word)]` packs an enum is told by [`packing`](super::packing).
//!
//! High bits are used because low ones belong to the address: a `Gc<u8>` may point at an odd one.

use core::num::NonZero;
use core::ptr::{NonNull, null_mut, without_provenance_mut};

use super::packing::Packing;
use crate::layout::edge_of;
use crate::pointer::{Gc, GcSlice, GcStr, WeakGc};
use crate::trace::{Derived, Rebrand, Trace};

/// A value that fits one word and so a [`GcCell`](crate::GcCell): a [`Gc`] or [`WeakGc`] to a sized target, a [`GcStr`], a
/// [`GcSlice`], an `Option` of one, an integer of up to 64 bits, `NonZero` of one and `Option` of that, `f32`, `f64`, `bool`, `char`, `()`.
///
/// Derive it, with [`Trace`] and `Copy`, for a newtype over a word, or for an enum whose variants hold one value at most that
/// is [`Packed`](crate::implement::Packed): a `Gc`, an `f64`, an integer of up to 32 bits and more.
///
/// # Examples
///
/// The value of an interpreter:
///
/// ```
/// use gc::{Gc, GcCell, Heap, Trace, Word};
///
/// #[derive(Clone, Copy, Trace, Word)]
/// enum Value<'gc> {
///     Nil,
///     Bool(bool),
///     Number(f64),
///     Text(Gc<'gc, String>),
///     Pair(Gc<'gc, [GcCell<Value<'gc>>; 2]>),
/// }
///
/// assert_eq!(size_of::<GcCell<Value<'_>>>(), 8);
/// Heap::new().mutate(|mc| {
///     let pair = Gc::new(mc, [Value::Nil, Value::Number(0.5)].map(GcCell::new));
///     pair[0].set(mc, Value::Pair(pair));
///     assert!(matches!(pair[1].get(), Value::Number(0.5)));
/// });
/// ```
///
/// As a bound, of what a cell in a generic type holds:
///
/// ```
/// use gc::{Gc, GcCell, Mutation, Trace, Word};
///
/// #[derive(Trace)]
/// #[trace(bound = "T: Word<'gc>")]
/// struct Variable<T> {
///     value: GcCell<T>,
/// }
///
/// fn assign<'gc, T: Word<'gc>>(mc: &Mutation<'gc>, variable: Gc<'gc, Variable<T>>, value: T) {
///     variable.value.set(mc, value);
/// }
/// ```
///
/// # Safety
///
/// 1. `from_word(into_word(v))` is `v`, for every `v`, at every brand.
/// 2. If [`EDGE`](Self::EDGE), every word is a masked word: an edge (an address, perhaps with a tag of 0 to 14 in bits 48
///    to 51), null, or a number not below 15 x 2^48. Otherwise the type is a [leaf](Trace::LEAF) or holds no `Gc`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known to fit one machine word, as what is in a `GcCell` or `Tagged` has to",
    label = "`Word` is not implemented for `{Self}`",
    note = "add `#[derive(gc::Word)]`, beside `Trace`, `Clone` and `Copy`, to an enum of small values or a newtype of yours",
    note = "a word is a `Gc` or `WeakGc` of a sized type, a `GcStr`, a `GcSlice`, an `Option` of these, an integer or float of at most 64 bits, a \
            `NonZero` of these, `char`, `bool`, or a type with `#[derive(gc::Word)]`: an enum of such values, a newtype",
    note = "for larger contents use `GcRefCell`, or `GcRwLock` if many threads write"
)]
pub unsafe trait Word<'gc>: Trace<'gc> + Copy {
    /// Whether the word may hold an edge.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Word};
    ///
    /// assert!(<Option<Gc<'static, String>> as Word<'static>>::EDGE);
    /// assert!(!<u64 as Word<'static>>::EDGE);
    /// ```
    const EDGE: bool;
    /// What `#[derive(Word)]` does everything through.
    #[doc(hidden)]
    const DERIVED: Derived = Derived::NEW;
    /// How variants are told apart.
    #[doc(hidden)]
    const PACKING: Packing = Packing::PLAIN;
    /// The value as a word.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Word};
    ///
    /// assert_eq!(7_u64.into_word().addr(), 7);
    /// assert!(None::<Gc<'_, String>>.into_word().is_null());
    /// ```
    fn into_word(self) -> *mut ();
    /// The value of a word.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Word;
    ///
    /// let word = 'a'.into_word();
    /// // SAFETY: made of a `char`.
    /// assert_eq!(unsafe { char::from_word(word) }, 'a');
    /// ```
    ///
    /// # Safety
    ///
    /// The word was made by [`into_word`](Self::into_word) of this type, at this brand.
    unsafe fn from_word(word: *mut ()) -> Self;

    /// The address of the object that the value points to, if it does: the same for all values that point to it, as long as it
    /// lives. For a weak pointer it is that of its handle.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Trace, Word};
    ///
    /// #[derive(Clone, Copy, Trace, Word)]
    /// enum Value<'gc> {
    ///     Number(f64),
    ///     Text(Gc<'gc, String>),
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let text = Gc::new(mc, String::from("text"));
    ///     assert_eq!(Value::Text(text).object_address(), Some(Gc::as_ptr(text).addr()));
    ///     assert_eq!(Value::Number(0.5).object_address(), None);
    /// });
    /// ```
    fn object_address(self) -> Option<usize> {
        object_of(self).map(|object| object.addr().get())
    }
}

/// Where the object is that a value points to, if it does.
pub(crate) fn object_of<'gc, V: Word<'gc>>(value: V) -> Option<NonNull<u8>> {
    let word = value.into_word();
    edge_of(word.cast()).filter(|_| V::EDGE)?;
    let variant = V::PACKING.variant_of(word.addr());
    NonNull::new(V::PACKING.without_tag(word, true, variant).cast())
}

/// [`Rebrand`] for types that are [`Word`] at every brand.
///
/// # Examples
///
/// ```
/// use gc::implement::RebrandWord;
/// use gc::{Gc, GcCell, Heap, Mutation, Root, Word};
///
/// /// A variable outside of the heap whose value is inside.
/// struct Variable<T: RebrandWord>(Root<GcCell<T::WordStatic>>);
///
/// impl<T: RebrandWord<WordStatic = T>> Variable<T> {
///     fn get<'gc>(&self, mc: &Mutation<'gc>) -> T::WordAt<'gc> {
///         self.0.get(mc).get()
///     }
/// }
///
/// let heap = Heap::new();
/// let number: Variable<u64> = Variable(heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcCell::new(7)))));
/// assert_eq!(heap.mutate(|mc| number.get(mc)), 7);
/// ```
///
/// # Safety
///
/// As for [`Rebrand`], and `Static` and `At` are the same types as there.
pub unsafe trait RebrandWord: Rebrand {
    /// The type with brand `'static`.
    type WordStatic: Word<'static> + RebrandWord<WordStatic = Self::WordStatic>;
    /// The type with brand `'a`.
    type WordAt<'a>: Word<'a> + RebrandWord<WordStatic = Self::WordStatic>;
    /// What `#[derive(Word)]` does everything through.
    #[doc(hidden)]
    const DERIVED: Derived = Derived::NEW;
}

/// Words that are pointers.
macro_rules! pointer_word {
    ($Pointer:ident $(<$T:ident>)?) => {
        // SAFETY: the word is the pointer, an edge or a sentinel.
        unsafe impl<'gc $(, $T: Trace<'gc>)?> Word<'gc> for $Pointer<'gc $(, $T)?> {
            const EDGE: bool = true;
            #[inline]
            fn into_word(self) -> *mut () {
                $Pointer::as_non_null(self).as_ptr().cast()
            }
            #[inline]
            unsafe fn from_word(word: *mut ()) -> Self {
                // SAFETY: made from such a pointer, so not null.
                let ptr = unsafe { NonNull::new_unchecked(word.cast()) };
                // SAFETY: made from a pointer of this brand.
                unsafe { $Pointer::from_non_null(ptr) }
            }
        }

        // SAFETY: as above, with null for `None`.
        unsafe impl<'gc $(, $T: Trace<'gc>)?> Word<'gc> for Option<$Pointer<'gc $(, $T)?>> {
            const EDGE: bool = true;
            #[inline]
            fn into_word(self) -> *mut () {
                match self {
                    Some(pointer) => pointer.into_word(),
                    None => null_mut(),
                }
            }
            #[inline]
            unsafe fn from_word(word: *mut ()) -> Self {
                // SAFETY: made from a pointer of this brand unless null.
                (!word.is_null()).then(|| unsafe { $Pointer::from_word(word) })
            }
        }

        // SAFETY: only the brand changes.
        unsafe impl<$($T: Rebrand)?> RebrandWord for $Pointer<'_ $(, $T)?> {
            type WordStatic = $Pointer<'static $(, <$T as Rebrand>::Static)?>;
            type WordAt<'a> = $Pointer<'a $(, <$T as Rebrand>::At<'a>)?>;
        }

        // SAFETY: only the brand changes.
        unsafe impl<$($T: Rebrand)?> RebrandWord for Option<$Pointer<'_ $(, $T)?>> {
            type WordStatic = Option<$Pointer<'static $(, <$T as Rebrand>::Static)?>>;
            type WordAt<'a> = Option<$Pointer<'a $(, <$T as Rebrand>::At<'a>)?>>;
        }
    };
}
pointer_word!(Gc<T>);
pointer_word!(WeakGc<T>);
pointer_word!(GcSlice<T>);
pointer_word!(GcStr);

/// Words that are numbers: `into`, `from` convert to and from the bits.
macro_rules! number_word {
    ($($T:ty: |$v:ident| $into:expr, |$bits:ident| $from:expr;)*) => {$(
        // SAFETY: the conversions undo each other; the type is a leaf.
        #[doc(hidden)]
        unsafe impl Word<'_> for $T {
            const EDGE: bool = false;
            #[inline]
            fn into_word(self) -> *mut () {
                let $v = self;
                without_provenance_mut($into)
            }
            #[inline]
            unsafe fn from_word(word: *mut ()) -> Self {
                let $bits = word.addr();
                $from
            }
        }
        // SAFETY: the type mentions no brand.
        #[doc(hidden)]
        unsafe impl RebrandWord for $T {
            type WordStatic = Self;
            type WordAt<'a> = Self;
        }
    )*};
}

number_word! {
    u8: |v| usize::from(v), |bits| low(bits);
    u16: |v| usize::from(v), |bits| low(bits);
    u32: |v| v as usize, |bits| low(bits);
    u64: |v| word_of(v), |bits| bits as u64;
    usize: |v| v, |bits| bits;
    i8: |v| usize::from(v.cast_unsigned()), |bits| low::<u8>(bits).cast_signed();
    i16: |v| usize::from(v.cast_unsigned()), |bits| low::<u16>(bits).cast_signed();
    i32: |v| v.cast_unsigned() as usize, |bits| low::<u32>(bits).cast_signed();
    i64: |v| word_of(v.cast_unsigned()), |bits| (bits as u64).cast_signed();
    isize: |v| v.cast_unsigned(), |bits| bits.cast_signed();
    f32: |v| v.to_bits() as usize, |bits| f32::from_bits(low(bits));
    f64: |v| word_of(v.to_bits()), |bits| f64::from_bits(bits as u64);
    bool: |v| usize::from(v), |bits| bits != 0;
    // A word made from a char is one; the fallback only spares an unchecked conversion.
    char: |v| v as usize, |bits| char::from_u32(low(bits)).unwrap_or(char::REPLACEMENT_CHARACTER);
    (): |_v| 0, |_bits| ();
}

/// Numbers that are not zero: words of the number, and, zero, of `None`.
macro_rules! non_zero_word {
    ($($N:ty),*) => {
        number_word! {$(
            NonZero<$N>: |v| v.get().into_word().addr(),
                |bits| NonZero::new(number::<$N>(bits)).expect("a word keeps what was put into it");
            Option<NonZero<$N>>: |v| v.map_or(0, |v| v.get().into_word().addr()),
                |bits| NonZero::new(number::<$N>(bits));
        )*}
    };
}
non_zero_word!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

/// The number of a word.
fn number<T: for<'gc> Word<'gc>>(bits: usize) -> T {
    // SAFETY: any number is one of an integer that was made into it; the callers give back what they made.
    unsafe { T::from_word(without_provenance_mut(bits)) }
}

/// The low bits, of which the word was made.
#[inline]
fn low<T: TryFrom<usize, Error: core::fmt::Debug>>(bits: usize) -> T {
    T::try_from(bits).expect("a word keeps what was put into it")
}

/// A number of the size of a word.
pub(super) const fn word_of(bits: u64) -> usize {
    usize::from_ne_bytes(bits.to_ne_bytes())
}
