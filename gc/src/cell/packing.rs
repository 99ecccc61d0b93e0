//! How a `#[derive(Word)]` enum is packed into a word: what the bits say of the variant and of its field.
//!
//! ```text
//! word, as an unsigned number       what it is
//! below 64 Ki                       null, or a sentinel
//! below 15 x 2^48                   an edge: variant in bits 48 to 51 and 0 to 2, address in bits 0 to 47
//! 0x8000 to 0xFFFF in bits 48 on    no edge: variant in bits 48 to 62, value in bits 0 to 47
//! ```
//!
//! Variants with an edge beyond the first 15 share their tags, and the low three bits of the address tell
//! them apart: the address is one in the object still, as all that leads to its slot is.
//!
//! An enum that has a variant with an `f64` has 15 variants at most, and stores doubles as the complement of their bits.
//! That of minus infinity, 0x000F_FFFF_FFFF_FFFF, is the lowest one of a number, and lies above all edges. NaNs would lie
//! among the edges, or where the other variants are; so all of them are stored as one, the complement of which has 0x8007 in
//! bits 48 on. Other variants that are no edges have 0x8000 to 0x8006 and 0x8008 to 0x800E there: the complements of
//! other NaNs. Variant 7 takes the number of the one with the `f64`, which needs none.

use crate::layout::{ADDRESS_BITS, ADDRESS_MASK, EDGE_TAGS, FIRST_EDGE_ADDRESS, WORD_BYTES};

/// The bit of words that are no edges, and no doubles below zero.
const IMMEDIATE: usize = 1 << 63;
/// The tag that no variant without an edge has in an enum with an `f64`: that of the one NaN.
const NAN_TAG: usize = 7;
/// Low bits of an aligned address, which are free.
const LOW_BITS: usize = WORD_BYTES - 1;

/// What a variant may hold.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    pub(crate) edge: bool,
    /// Whether an edge is aligned to words.
    pub(crate) aligned: bool,
    pub(crate) double: bool,
}

/// How the variants of an enum are told apart.
#[derive(Clone, Copy, Debug)]
pub struct Packing {
    /// The variant that holds a double.
    double: Option<usize>,
    /// Tags of edges that variants beyond the first 15 have, as bits: low bits of the address tell which one.
    shared: usize,
}

impl Packing {
    /// Variants are as their tags say.
    pub(crate) const PLAIN: Self = Self { double: None, shared: 0 };

    /// The packing of variants that hold this.
    pub(crate) const fn of(variants: &[Content]) -> Self {
        let mut this = Self::PLAIN;
        let mut unaligned = 0_usize;
        let mut variant = 0;
        while variant < variants.len() {
            let Content { edge, aligned, double } = variants[variant];
            if double {
                assert!(
                    this.double.is_none(),
                    "one variant of a `#[derive(Word)]` enum holds an `f64` at most: put the other one behind a `Gc`"
                );
                this.double = Some(variant);
            }
            if edge {
                assert!(
                    variant < (LOW_BITS + 1) * EDGE_TAGS,
                    "variants that hold a `Gc` are among the first 120 of a `#[derive(Word)]` enum: move this one up"
                );
                let tag = 1 << (variant % EDGE_TAGS);
                if variant >= EDGE_TAGS {
                    this.shared |= tag;
                }
                if !aligned {
                    unaligned |= tag;
                }
            }
            variant += 1;
        }
        assert!(
            this.double.is_none() || variants.len() <= EDGE_TAGS,
            "a `#[derive(Word)]` enum with an `f64` has at most 15 variants: put some into an enum of their own"
        );
        assert!(
            this.shared & unaligned == 0,
            "in a `#[derive(Word)]` enum a variant beyond the first 15, or the one 15 before it, holds a `Gc` of a type that is \
             not aligned to 8 bytes: move that variant to another place among the first 15, or add `#[repr(align(8))]` to \
             the type"
        );
        this
    }

    /// The tag of a variant when it holds no edge.
    const fn tag_of(self, variant: usize) -> usize {
        match self.double {
            Some(double) if variant == NAN_TAG => double,
            _ => variant,
        }
    }

    /// Whether the low bits of edges with this tag say which variant it is.
    const fn is_shared(self, tag: usize) -> bool {
        self.shared >> tag & 1 == 1
    }

    /// The word of a variant without a field.
    #[inline]
    pub(crate) const fn immediate(self, variant: usize) -> usize {
        IMMEDIATE | self.tag_of(variant) << ADDRESS_BITS
    }

    /// The word of a variant with this payload of 48 bits, which may be an `edge`.
    #[inline]
    pub(crate) fn with_tag(self, payload: *mut (), edge: bool, variant: usize) -> *mut () {
        debug_assert!(payload.addr() <= ADDRESS_MASK, "a packed value has 48 bits at most");
        // A null, or a sentinel, with a tag would not be told from an edge, since the marker looks at the tag, too.
        let tag = if edge && payload.addr() >= FIRST_EDGE_ADDRESS {
            // An address in the object for the marker, whatever the low bits.
            ((variant % EDGE_TAGS) << ADDRESS_BITS) | (variant / EDGE_TAGS)
        } else {
            self.immediate(variant)
        };
        payload.map_addr(|address| address | tag)
    }

    /// The payload of a word that was made so.
    #[inline]
    pub(crate) fn without_tag(self, word: *mut (), edge: bool, variant: usize) -> *mut () {
        // Null and sentinels have no low bits either.
        let low = if edge && self.is_shared(variant % EDGE_TAGS) { LOW_BITS } else { 0 };
        word.map_addr(|address| address & ADDRESS_MASK & !low)
    }

    /// The variant of a word.
    #[inline]
    pub(crate) fn variant_of(self, word: usize) -> usize {
        let bits = word >> ADDRESS_BITS;
        let tag = bits & ((IMMEDIATE >> ADDRESS_BITS) - 1);
        match self.double {
            None if bits < EDGE_TAGS && self.is_shared(tag) => tag + EDGE_TAGS * (word & LOW_BITS),
            None => tag,
            Some(double) if tag >= EDGE_TAGS || bits == (IMMEDIATE >> ADDRESS_BITS | NAN_TAG) => double,
            // No edge has the number of the double, so this is what took it.
            Some(double) if tag == double => NAN_TAG,
            Some(_) => tag,
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Content, EDGE_TAGS, Packing};

    const NUMBER: Content = Content { edge: false, aligned: true, double: false };
    const DOUBLE: Content = Content { double: true, ..NUMBER };
    const EDGE: Content = Content { edge: true, ..NUMBER };

    /// So many numbers, and then one of these.
    fn last(n: usize, last: Content) -> Packing {
        let variants: Vec<_> = core::iter::repeat_n(NUMBER, n).chain([last]).collect();
        Packing::of(&variants)
    }

    /// The derive says so itself of a `Gc`, and not of what it cannot know by its name.
    #[test]
    #[should_panic(expected = "among the first 120 of a `#[derive(Word)]` enum: move this one up")]
    fn an_edge_that_comes_too_late() {
        assert_eq!(last(119, EDGE).shared, 1 << (119 % EDGE_TAGS), "the last one for which there is room");
        last(120, EDGE);
    }

    /// As above, of an `f64`.
    #[test]
    #[should_panic(expected = "has at most 15 variants: put some into an enum of their own")]
    fn a_double_among_too_many() {
        assert_eq!(last(14, DOUBLE).double, Some(14), "the last one for which there is room");
        last(15, DOUBLE);
    }
}
