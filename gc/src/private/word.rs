//! The words of `#[derive(Word)]` enums: `cell::packing` tells what their bits mean.

use core::ptr::without_provenance_mut;

use crate::cell::{Content, Packed, Packing, RebrandWord};
use crate::layout::ADDRESS_BITS;
use crate::trace::Derived;

impl Derived {
    /// What the field of a variant may hold.
    pub const fn content<'gc, F: Packed<'gc>>(self) -> Content {
        assert!(F::DOUBLE || F::BITS <= ADDRESS_BITS, "a packed value has 48 bits at most");
        Content { edge: F::EDGE, aligned: F::ALIGNED, double: F::DOUBLE }
    }

    /// What a variant without a field holds.
    pub const fn no_content(self) -> Content {
        Content { edge: false, aligned: true, double: false }
    }

    /// How variants that hold this are told apart.
    pub const fn packing(self, variants: &[Content]) -> Packing {
        Packing::of(variants)
    }

    /// Whether the field of a variant may be an edge.
    pub const fn packs_edge<'gc, F: Packed<'gc>>(self) -> bool {
        F::EDGE
    }

    /// The word of a variant without a field.
    #[inline]
    pub fn immediate_word(self, packing: Packing, variant: usize) -> *mut () {
        without_provenance_mut(packing.immediate(variant))
    }

    /// The word of a variant with this field.
    #[inline]
    pub fn packed_word<'gc, F: Packed<'gc>>(self, packing: Packing, variant: usize, field: F) -> *mut () {
        let payload = field.pack();
        if F::DOUBLE { payload } else { packing.with_tag(payload, F::EDGE, variant) }
    }

    /// The variant of a word made by one of the above.
    #[inline]
    pub fn variant_of(self, packing: Packing, word: *mut ()) -> usize {
        packing.variant_of(word.addr())
    }

    /// The field of a word.
    ///
    /// # Safety
    ///
    /// The word was made by [`packed_word`](Self::packed_word) of this type of field, for this variant, at this brand.
    #[inline]
    pub unsafe fn field_of_word<'gc, F: Packed<'gc>>(
        self,
        packing: Packing,
        variant: usize,
        word: *mut (),
    ) -> F {
        let payload = if F::DOUBLE { word } else { packing.without_tag(word, F::EDGE, variant) };
        // SAFETY: the caller's duty; a double is the whole word, another field is what is beside the tags.
        unsafe { F::unpack(payload) }
    }

    /// What a variant of an enum without fields packs to.
    #[inline]
    pub fn packed_number(self, variant: usize) -> *mut () {
        without_provenance_mut(variant)
    }

    /// The variant that was packed so.
    #[inline]
    pub fn number_of_packed(self, word: *mut ()) -> usize {
        word.addr()
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
