//! What fits a variant of a `#[derive(Word)]` enum: values of at most 48 bits, and `f64`. How variants are told apart:
//! [`packing`](super::packing).

use core::num::NonZero;
use core::ptr::without_provenance_mut;

use super::word::{Word, word_of};
use crate::layout::WORD_BYTES;
use crate::pointer::{Gc, GcSlice, GcStr, WeakGc};
use crate::special::Handle;
use crate::trace::{Derived, Trace};

/// A value that fits a variant of a `#[derive(Word)]` enum: one of at most 48 bits, or an `f64`.
///
/// | variants may hold | |
/// |---|---|
/// | `Gc<'gc, T>`, `WeakGc<'gc, T>` of sized types, `GcStr`, `GcSlice`, `Option` of these | in the first 120 variants; if they are more than 15, of types that are aligned to 8 bytes |
/// | `f64` | one variant, of at most 15 in all; a NaN comes out as `f64::NAN` |
/// | `u8` to `u32`, `i8` to `i32`, `NonZero` of these, `f32`, `char`, `bool`, `()`, `Option` of these | |
/// | tuples of two or three of those, of 48 bits together | `char` has 21 bits, `Option` one more than its value |
/// | an enum without fields that derives `Word` | 15 bits |
///
/// Wider values are put behind a `Gc`.
///
/// # Examples
///
/// ```
/// use gc::implement::{DropKind, DropWalk, Mask, Packed, Tracer};
/// use gc::{GcCell, Rebrand, Trace, Word};
///
/// /// A number of 48 bits, checked when it is made.
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// struct Wide(usize);
///
/// // SAFETY: a number, which holds no edge and needs no drop.
/// unsafe impl Trace<'_> for Wide {
///     const MASK: Mask = Mask::EMPTY;
///     const TAIL: bool = false;
///     const LEAF: bool = true;
///     fn trace(&self, _: &mut Tracer) {}
///     fn trace_tail(&self, _: &mut Tracer) {}
///     fn drop_kind(_: &mut DropWalk) -> DropKind {
///         DropKind::None
///     }
/// }
///
/// // SAFETY: it mentions no brand.
/// unsafe impl Rebrand for Wide {
///     type Static = Self;
///     type At<'a> = Self;
/// }
///
/// // SAFETY: `pack` uses the low 48 bits, and `unpack` gives them back.
/// unsafe impl Packed<'_> for Wide {
///     const EDGE: bool = false;
///     fn pack(self) -> *mut () {
///         std::ptr::without_provenance_mut(self.0 & ((1 << 48) - 1))
///     }
///     unsafe fn unpack(word: *mut ()) -> Self {
///         Self(word.addr())
///     }
/// }
///
/// #[derive(Clone, Copy, Debug, PartialEq, Trace, Word)]
/// enum Value {
///     Number(Wide),
///     Nothing,
/// }
///
/// let cell = GcCell::new(Value::Number(Wide(1 << 40)));
/// assert_eq!(cell.get(), Value::Number(Wide(1 << 40)));
/// ```
///
/// # Safety
///
/// 1. `unpack(pack(v))` is `v`.
/// 2. `pack` uses the low [`BITS`](Self::BITS) bits only, at most 48, and, if [`EDGE`](Self::EDGE), gives an address or
///    null.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a variant of a packed word: 48 bits are left beside the tag",
    label = "no value of at most 48 bits that is known as such",
    note = "what fits: `Gc`, `WeakGc`, `GcStr`, `GcSlice`, `Option` of these, `f64`, `f32`, integers of at most 32 bits, `NonZero` of \
            these, `char`, `bool`, `()`, `Option` of these, small tuples, and enums without fields that derive `gc::Word`",
    note = "put wider values behind a `Gc`, or convert them with a check"
)]
pub unsafe trait Packed<'gc>: Trace<'gc> + Copy {
    /// Whether the value may be an edge.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Packed;
    ///
    /// assert!(<Option<gc::Gc<'static, String>> as Packed<'static>>::EDGE);
    /// assert!(!<i32 as Packed<'static>>::EDGE);
    /// ```
    const EDGE: bool;
    /// How many low bits `pack` uses.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Packed;
    ///
    /// assert_eq!(<(char, Option<u8>) as Packed<'static>>::BITS, 21 + 9);
    /// ```
    const BITS: u32 = 48;
    /// Whether the three low bits of a value that is an edge are free.
    #[doc(hidden)]
    const ALIGNED: bool = false;
    /// Whether `pack` gives a whole word, which is an `f64`.
    #[doc(hidden)]
    const DOUBLE: bool = false;
    /// What `#[derive(Word)]` does everything through.
    #[doc(hidden)]
    const DERIVED: Derived = Derived::NEW;
    /// The value in the low bits.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Packed;
    ///
    /// assert_eq!(('a', true).pack().addr(), 0x61 | 1 << 21);
    /// ```
    fn pack(self) -> *mut ();
    /// The value of the low 48 bits.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Packed;
    ///
    /// // SAFETY: made of an `i32`.
    /// assert_eq!(unsafe { i32::unpack((-1_i32).pack()) }, -1);
    /// ```
    ///
    /// # Safety
    ///
    /// `word` was made by [`pack`](Self::pack) of this type, at this brand.
    unsafe fn unpack(word: *mut ()) -> Self;
}

/// Pointers: the word is an address, a sentinel or null.
macro_rules! packed_pointer {
    ($($Pointer:ident $(<$T:ident>)?: $aligned:expr;)*) => {$(
        // SAFETY: the field is the word without a tag.
        unsafe impl<'gc $(, $T: Trace<'gc>)?> Packed<'gc> for $Pointer<'gc $(, $T)?> {
            const EDGE: bool = true;
            const ALIGNED: bool = $aligned;
            #[inline]
            fn pack(self) -> *mut () {
                self.into_word()
            }
            #[inline]
            unsafe fn unpack(word: *mut ()) -> Self {
                // SAFETY: the caller's duty.
                unsafe { Self::from_word(word) }
            }
        }

        // SAFETY: the field is the word without a tag.
        unsafe impl<'gc $(, $T: Trace<'gc>)?> Packed<'gc> for Option<$Pointer<'gc $(, $T)?>> {
            const EDGE: bool = true;
            const ALIGNED: bool = $aligned;
            #[inline]
            fn pack(self) -> *mut () {
                self.into_word()
            }
            #[inline]
            unsafe fn unpack(word: *mut ()) -> Self {
                // SAFETY: the caller's duty.
                unsafe { Self::from_word(word) }
            }
        }
    )*};
}
packed_pointer! {
    Gc<T>: align_of::<T>() >= WORD_BYTES;
    // An address of a handle.
    WeakGc<T>: align_of::<Handle>() >= WORD_BYTES;
    // That of the length in front of the items.
    GcStr: true;
    GcSlice<T>: true;
}

/// Numbers, and `Option` of them.
macro_rules! packed_number {
    ($($T:ty: $bits:literal),* $(,)?) => {$(
        // SAFETY: the word of the type has so many bits, and is no edge.
        #[doc(hidden)]
        unsafe impl Packed<'_> for $T {
            const EDGE: bool = false;
            const BITS: u32 = $bits;
            #[inline]
            fn pack(self) -> *mut () {
                self.into_word()
            }
            #[inline]
            unsafe fn unpack(word: *mut ()) -> Self {
                // SAFETY: the caller's duty.
                unsafe { Self::from_word(word) }
            }
        }
        packed_option!($T);
    )*};
}

/// The bit above those of the value says that there is one.
macro_rules! packed_option {
    ($T:ty) => {
        // SAFETY: one bit more than the value, which is no edge, has.
        #[doc(hidden)]
        unsafe impl<'gc> Packed<'gc> for Option<$T> {
            const EDGE: bool = false;
            const BITS: u32 = <$T as Packed<'gc>>::BITS + 1;
            #[inline]
            fn pack(self) -> *mut () {
                let some = 1 << <$T as Packed<'gc>>::BITS;
                self.map_or(core::ptr::null_mut(), |value| value.pack().map_addr(|bits| bits | some))
            }
            #[inline]
            unsafe fn unpack(word: *mut ()) -> Self {
                let some = 1 << <$T as Packed<'gc>>::BITS;
                let value = word.map_addr(|bits| bits & !some);
                // SAFETY: below the bit is what the value was packed to.
                (word.addr() & some != 0).then(|| unsafe { Packed::unpack(value) })
            }
        }
    };
}

packed_number! {
    u8: 8, u16: 16, u32: 32, i8: 8, i16: 16, i32: 32, f32: 32, char: 21, bool: 1, (): 0,
    NonZero<u8>: 8, NonZero<u16>: 16, NonZero<u32>: 32, NonZero<i8>: 8, NonZero<i16>: 16, NonZero<i32>: 32,
}

/// Tuples of small values, the first one lowest.
macro_rules! packed_tuple {
    ($($T:ident $value:ident),+) => {
        // SAFETY: each value has bits of its own, of which it uses no others; together they are 48 at most.
        #[doc(hidden)]
        unsafe impl<'gc, $($T: Packed<'gc>),+> Packed<'gc> for ($($T,)+) {
            const EDGE: bool = false;
            const BITS: u32 = {
                let bits = 0 $(+ $T::BITS)+;
                assert!(
                    !(false $(|| $T::EDGE || $T::DOUBLE)+),
                    "a tuple in a variant of a `#[derive(Word)]` enum holds no `Gc` and no `f64`: put it behind a `Gc`"
                );
                assert!(
                    bits <= 48,
                    "a tuple in a variant of a `#[derive(Word)]` enum has at most 48 bits: put it behind a `Gc`"
                );
                bits
            };
            #[inline]
            fn pack(self) -> *mut () {
                const { assert!(Self::BITS <= 48) };
                let ($($value,)+) = self;
                let (mut word, mut at) = (0, 0);
                $(
                    word |= $value.pack().addr() << at;
                    at += $T::BITS;
                )+
                debug_assert_eq!(at, Self::BITS);
                without_provenance_mut(word)
            }
            #[inline]
            unsafe fn unpack(word: *mut ()) -> Self {
                let mut rest = word.addr();
                $(
                    let bits = rest & ((1 << $T::BITS) - 1);
                    // SAFETY: these bits are what the value was packed to.
                    let $value = unsafe { $T::unpack(without_provenance_mut(bits)) };
                    rest >>= $T::BITS;
                )+
                debug_assert_eq!(rest, 0, "a tuple has no other bits");
                ($($value,)+)
            }
        }
    };
}
packed_tuple!(A a, B b);
packed_tuple!(A a, B b, C c);

// SAFETY: duty 1: but for a NaN, which is some NaN afterwards, the complement of the complement are the bits; duty 2 is that
// of `DOUBLE`.
#[doc(hidden)]
unsafe impl Packed<'_> for f64 {
    const EDGE: bool = false;
    const BITS: u32 = 64;
    const DOUBLE: bool = true;
    #[inline]
    fn pack(self) -> *mut () {
        let bits = if self.is_nan() { CANONICAL_NAN } else { self.to_bits() };
        without_provenance_mut(word_of(!bits))
    }
    #[inline]
    unsafe fn unpack(word: *mut ()) -> Self {
        f64::from_bits(!(word.addr() as u64))
    }
}

/// The bits of the NaN that all are stored as. (Not those of `f64::NAN`, of which no language rule says what they are.)
const CANONICAL_NAN: u64 = 0x7FF8_0000_0000_0000;
