//! The words of `#[derive(Word)]` enums: see [`Word`](crate::Word) for what their bits mean.

use core::ptr::without_provenance_mut;

use crate::cell::{Packed, RebrandWord};
use crate::layout::{ADDRESS_BITS, ADDRESS_MASK, FIRST_EDGE_ADDRESS};
use crate::trace::Derived;

/// The bit of words that are no edges.
const IMMEDIATE: usize = 1 << 63;

impl Derived {
    /// Whether the field of a variant may be an edge.
    pub const fn packs_edge<'gc, F: Packed<'gc>>(self) -> bool {
        F::EDGE
    }

    /// The word of a variant without a field.
    #[inline]
    pub fn immediate_word(self, variant: usize) -> *mut () {
        without_provenance_mut(IMMEDIATE | variant << ADDRESS_BITS)
    }

    /// The word of a variant with this field.
    #[inline]
    pub fn packed_word<'gc, F: Packed<'gc>>(self, variant: usize, field: F) -> *mut () {
        let payload = field.pack();
        // A null, or a sentinel, with a tag would not be told from an edge, since the marker looks at the tag, too.
        let is_edge = F::EDGE && payload.addr() >= FIRST_EDGE_ADDRESS;
        let tag = if is_edge { variant << ADDRESS_BITS } else { IMMEDIATE | variant << ADDRESS_BITS };
        debug_assert!(payload.addr() <= ADDRESS_MASK, "a packed value has 48 bits at most");
        payload.map_addr(|address| address | tag)
    }

    /// The variant of a word made by one of the above.
    #[inline]
    pub fn variant_of(self, word: *mut ()) -> usize {
        (word.addr() & !IMMEDIATE) >> ADDRESS_BITS
    }

    /// The field of a word.
    ///
    /// # Safety
    ///
    /// The word was made by [`packed_word`](Self::packed_word) of this type of field, at this brand.
    #[inline]
    pub unsafe fn field_of_word<'gc, F: Packed<'gc>>(self, word: *mut ()) -> F {
        // SAFETY: the caller's duty; below the tag is what the field was packed to.
        unsafe { F::unpack(word.map_addr(|address| address & ADDRESS_MASK)) }
    }

    /// The arm of all numbers that no variant has.
    ///
    /// # Safety
    ///
    /// Never called.
    #[inline]
    pub unsafe fn no_such_variant(self) -> ! {
        // SAFETY: the caller's duty.
        unsafe { core::hint::unreachable_unchecked() }
    }

    /// Compiles if `A` is what becomes of the type argument `P`, a word, at brand `'static`.
    pub const fn is_word_static<P: RebrandWord<WordStatic = A>, A>(self) {}

    /// Compiles if `A` is what becomes of the type argument `P`, a word, at brand `'at`.
    pub const fn is_word_at<'at, P: RebrandWord<WordAt<'at> = A>, A>(self) {}
}
