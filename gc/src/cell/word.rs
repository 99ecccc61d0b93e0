//! What fits a [`GcCell`](super::GcCell): values that are one word.
//!
//! A word that may hold an edge is a *masked word* and keeps the masked words' rule (`object::mask`): an
//! edge is an address, perhaps with a tag in bits 48 to 62; everything else is null or has bit 63 set.
//! `#[derive(Word)]` packs an enum so:
//!
//! ```text
//! bit 63     immediate: the word is no edge
//! 48 to 62   which variant
//! 0 to 47    the variant's field: an address, or an integer, char or bool
//! ```
//!
//! High bits are used because low ones belong to the address: a `Gc<u8>` may point at an odd one.

use core::ptr::{NonNull, null_mut, without_provenance_mut};

use crate::pointer::{Gc, GcSlice, GcStr, WeakGc};
use crate::trace::{Derived, Rebrand, Trace};

/// A value that fits one word and so a [`GcCell`](crate::GcCell). Derive it, with [`Trace`] and `Copy`, for a
/// newtype over a word, or for an enum whose variants hold at most one `Gc`, `GcStr`, `GcSlice` or `WeakGc`, `Option` of
/// these, integer of up to 32 bits, `f32`, `char` or `bool`.
///
/// # Safety
///
/// 1. `from_word(into_word(v))` is `v`, for every `v`, at every brand.
/// 2. If [`EDGE`](Self::EDGE), every word is a masked word: an edge (an address, perhaps with a tag in bits 48
///    to 62), null, or a number with bit 63 set. Otherwise the type is a [leaf](Trace::LEAF) or holds no `Gc`.
#[diagnostic::on_unimplemented(
    message = "`GcCell<{Self}>` is not possible: `{Self}` does not fit one machine word",
    label = "`Word` is not implemented for `{Self}`",
    note = "a word is a `Gc`, a `GcStr`, a `GcSlice`, a `WeakGc`, an `Option` of these, an integer, or a type with `#[derive(gc::Word)]`",
    note = "for larger contents use `GcRefCell`, or `GcRwLock` if many threads write"
)]
pub unsafe trait Word<'gc>: Trace<'gc> + Copy {
    /// Whether the word may hold an edge.
    const EDGE: bool;
    /// What `#[derive(Word)]` does everything through.
    #[doc(hidden)]
    const DERIVED: Derived = Derived::NEW;
    /// The value as a word.
    fn into_word(self) -> *mut ();
    /// The value of a word.
    ///
    /// # Safety
    ///
    /// The word was made by [`into_word`](Self::into_word) of this type, at this brand.
    unsafe fn from_word(word: *mut ()) -> Self;
}

/// [`Rebrand`] for types that are [`Word`] at every brand.
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

/// A value that fits the 48 low bits of a word: the field of a variant of a `#[derive(Word)]` enum.
///
/// # Safety
///
/// `unpack(pack(v))` is `v`; `pack` uses the low 48 bits only and, if [`EDGE`](Self::EDGE), gives an address
/// or null.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a variant of a packed word: 48 bits are left beside the tag",
    label = "not a `Gc`, `GcStr`, `GcSlice`, `WeakGc`, integer of at most 32 bits, `f32`, `char`, `bool` or unit",
    note = "store wider numbers behind a `Gc`, or convert them with a check"
)]
pub unsafe trait Packed<'gc>: Trace<'gc> + Copy {
    /// Whether the value may be an edge.
    const EDGE: bool;
    /// The value in the low 48 bits.
    fn pack(self) -> *mut ();
    /// The value of the low 48 bits.
    ///
    /// # Safety
    ///
    /// `word` was made by [`pack`](Self::pack) of this type, at this brand.
    unsafe fn unpack(word: *mut ()) -> Self;
}

/// Words that are pointers.
macro_rules! pointer_word {
    ($Pointer:ident $(<$T:ident>)?) => {
        // SAFETY: the word is the pointer, an edge or a sentinel.
        unsafe impl<'gc $(, $T: Trace<'gc>)?> Word<'gc> for $Pointer<'gc $(, $T)?> {
            const EDGE: bool = true;
            fn into_word(self) -> *mut () {
                $Pointer::as_non_null(self).as_ptr().cast()
            }
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
            fn into_word(self) -> *mut () {
                self.map_or(null_mut(), Word::into_word)
            }
            unsafe fn from_word(word: *mut ()) -> Self {
                // SAFETY: made from a pointer of this brand unless null.
                (!word.is_null()).then(|| unsafe { $Pointer::from_word(word) })
            }
        }

        // SAFETY: the field is the word without a tag.
        unsafe impl<'gc $(, $T: Trace<'gc>)?> Packed<'gc> for $Pointer<'gc $(, $T)?> {
            const EDGE: bool = true;
            fn pack(self) -> *mut () {
                self.into_word()
            }
            unsafe fn unpack(word: *mut ()) -> Self {
                // SAFETY: the caller's duty.
                unsafe { Self::from_word(word) }
            }
        }

        // SAFETY: the field is the word without a tag.
        unsafe impl<'gc $(, $T: Trace<'gc>)?> Packed<'gc> for Option<$Pointer<'gc $(, $T)?>> {
            const EDGE: bool = true;
            fn pack(self) -> *mut () {
                self.into_word()
            }
            unsafe fn unpack(word: *mut ()) -> Self {
                // SAFETY: the caller's duty.
                unsafe { Self::from_word(word) }
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
        unsafe impl Word<'_> for $T {
            const EDGE: bool = false;
            fn into_word(self) -> *mut () {
                let $v = self;
                without_provenance_mut($into)
            }
            unsafe fn from_word(word: *mut ()) -> Self {
                let $bits = word.addr();
                $from
            }
        }
        // SAFETY: the type mentions no brand.
        unsafe impl RebrandWord for $T {
            type WordStatic = Self;
            type WordAt<'a> = Self;
        }
    )*};
}

/// Numbers of at most 48 bits, which also fit a variant.
macro_rules! packed_number {
    ($($T:ty),*) => {$(
        // SAFETY: the word of the type has at most 48 bits and is no edge.
        unsafe impl Packed<'_> for $T {
            const EDGE: bool = false;
            fn pack(self) -> *mut () {
                self.into_word()
            }
            unsafe fn unpack(word: *mut ()) -> Self {
                // SAFETY: the caller's duty.
                unsafe { Self::from_word(word) }
            }
        }
    )*};
}
packed_number!(u8, u16, u32, i8, i16, i32, f32, bool, char, ());

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

/// The low bits, of which the word was made.
fn low<T: TryFrom<usize, Error: core::fmt::Debug>>(bits: usize) -> T {
    T::try_from(bits).expect("a word keeps what was put into it")
}

/// A number of the size of a word.
const fn word_of(bits: u64) -> usize {
    usize::from_ne_bytes(bits.to_ne_bytes())
}
