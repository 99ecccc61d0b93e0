//! The pointer mask: which words of a type hold edges, as algebra that runs at compile time.
//!
//! A mask speaks about *masked words*. Whatever the type, a masked word obeys one rule, so that
//! the marker needs to know nothing else: it is an edge when it is at least
//! [`FIRST_EDGE_ADDRESS`](crate::layout::FIRST_EDGE_ADDRESS) and, as an unsigned number, below 15 x 2^48; then its low 48
//! bits are the address. Null and sentinels are below, and what is packed that is no edge (numbers, doubles) is above.

use crate::layout::WORD_BYTES;

/// Words that one [`Mask`] can describe: objects of up to 2 KiB.
const CAPACITY_WORDS: usize = 256;

/// Which words of a type hold edges.
///
/// Masks are built by `const` evaluation only: by `#[derive(Trace)]` from the offsets and the masks of
/// the fields, by hand in an `unsafe impl Trace`. A type whose edges lie beyond the first 2 KiB, or at an
/// address that is not a multiple of the word size, has no mask that [fits](Mask::fits); its objects are
/// then traced by the type's [`trace`](crate::Trace::trace) alone.
///
/// # Examples
///
/// ```
/// use gc::implement::Mask;
/// use gc::{Gc, Trace};
///
/// #[derive(Trace)]
/// #[repr(C)]
/// struct Node<'gc> {
///     key: u64,
///     left: Option<Gc<'gc, Node<'gc>>>,
///     right: Option<Gc<'gc, Node<'gc>>>,
/// }
///
/// const MASK: Mask = <Node<'static> as Trace<'static>>::MASK;
/// const _: () = assert!(MASK.equals(Mask::from_words([0b110, 0, 0, 0])));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    /// Bit `i % 64` of word `i / 64`: the type's word `i` is a masked word. Empty when not `fits`.
    bits: [u64; CAPACITY_WORDS / 64],
    /// Whether every edge of the type that a mask could describe is in `bits`.
    fits: bool,
}

impl Mask {
    /// No edges.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert!(Mask::EMPTY.is_empty() && Mask::EMPTY.fits());
    /// ```
    pub const EMPTY: Self = Self { bits: [0; 4], fits: true };
    /// One word, which is an edge.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert_eq!(Mask::WORD.words(), [1, 0, 0, 0]);
    /// ```
    pub const WORD: Self = Self { bits: [1, 0, 0, 0], fits: true };
    /// Edges that no mask can describe.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert!(!Mask::OVERFLOW.fits() && !Mask::OVERFLOW.is_empty());
    /// ```
    pub const OVERFLOW: Self = Self { bits: [0; 4], fits: false };

    /// The mask with exactly these bits: bit `i % 64` of `bits[i / 64]` for word `i`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// let first_and_third = Mask::from_words([0b101, 0, 0, 0]);
    /// assert!(first_and_third.has(0) && first_and_third.has(2));
    /// ```
    pub const fn from_words(bits: [u64; 4]) -> Self {
        Self { bits, fits: true }
    }

    /// The bits: bit `i % 64` of element `i / 64` for word `i`. All zero when the mask does not fit.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert_eq!(Mask::WORD.or_at(Mask::WORD, 64 * 8).words(), [1, 1, 0, 0]);
    /// ```
    pub const fn words(&self) -> [u64; 4] {
        self.bits
    }

    /// Whether the mask describes every edge that it should: see [`Mask`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert!(Mask::WORD.repeat(256, 8).fits());
    /// assert!(!Mask::WORD.repeat(257, 8).fits());
    /// ```
    pub const fn fits(&self) -> bool {
        self.fits
    }

    /// Whether no word is an edge. False for a mask that does not fit.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert!(Mask::EMPTY.is_empty() && !Mask::WORD.is_empty());
    /// ```
    pub const fn is_empty(&self) -> bool {
        self.fits && self.n_words() == 0
    }

    /// Elements of [`words`](Self::words) up to the last one that has a bit.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert_eq!(Mask::WORD.repeat(65, 8).n_words(), 2);
    /// ```
    pub const fn n_words(&self) -> usize {
        let mut n = self.bits.len();
        while n > 0 && self.bits[n - 1] == 0 {
            n -= 1;
        }
        n
    }

    /// Number of edges that the mask describes.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert_eq!(Mask::WORD.repeat(65, 8).count(), 65);
    /// ```
    pub const fn count(&self) -> usize {
        let mut total = 0;
        let mut i = 0;
        while i < self.bits.len() {
            total += self.bits[i].count_ones() as usize;
            i += 1;
        }
        total
    }

    /// Whether the type's word `index` is an edge.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert!(Mask::WORD.has(0) && !Mask::WORD.has(1));
    /// ```
    pub const fn has(&self, index: usize) -> bool {
        index < CAPACITY_WORDS && self.bits[index / 64] >> (index % 64) & 1 == 1
    }

    /// Equality at compile time, where `==` cannot be used.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// const _: () = assert!(Mask::WORD.equals(Mask::from_words([1, 0, 0, 0])));
    /// ```
    pub const fn equals(self, other: Self) -> bool {
        let mut i = 0;
        while i < self.bits.len() {
            if self.bits[i] != other.bits[i] {
                return false;
            }
            i += 1;
        }
        self.fits == other.fits
    }

    /// This mask and that of a field at `offset` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::mem::offset_of;
    ///
    /// use gc::implement::Mask;
    /// use gc::{Gc, Trace};
    ///
    /// struct Node<'gc> {
    ///     key: u64,
    ///     next: Gc<'gc, u64>,
    /// }
    ///
    /// const MASK: Mask = Mask::EMPTY.or_at(<Gc<'static, u64> as Trace<'static>>::MASK, offset_of!(Node<'static>, next));
    /// assert_eq!(MASK.count(), 1);
    /// ```
    #[must_use]
    pub const fn or_at(self, field: Self, offset: usize) -> Self {
        if !self.fits || !field.fits {
            return Self::OVERFLOW;
        }
        if field.is_empty() {
            return self;
        }
        if !offset.is_multiple_of(WORD_BYTES) {
            return Self::OVERFLOW;
        }
        let mut union = self;
        let mut index = 0;
        while index < CAPACITY_WORDS {
            if field.has(index) {
                let at = index + offset / WORD_BYTES;
                if at >= CAPACITY_WORDS {
                    return Self::OVERFLOW;
                }
                union.bits[at / 64] |= 1 << (at % 64);
            }
            index += 1;
        }
        union
    }

    /// The mask of `count` values of this mask, `stride` bytes apart: an array.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// assert_eq!(Mask::WORD.repeat(3, 16).words(), [0b10101, 0, 0, 0]);
    /// ```
    #[must_use]
    pub const fn repeat(self, count: usize, stride: usize) -> Self {
        let mut all = if self.fits || count == 0 { Self::EMPTY } else { Self::OVERFLOW };
        if self.is_empty() {
            return all;
        }
        let mut i = 0;
        while i < count && all.fits {
            all = all.or_at(self, i * stride);
            i += 1;
        }
        all
    }

    /// The words that are edges in both: what all variants of an enum have in common.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// let (one, other) = (Mask::from_words([0b110, 0, 0, 0]), Mask::from_words([0b011, 0, 0, 0]));
    /// assert_eq!(one.intersect(other).words(), [0b010, 0, 0, 0]);
    /// ```
    #[must_use]
    pub const fn intersect(self, other: Self) -> Self {
        let mut both = Self { bits: [0; 4], fits: self.fits && other.fits };
        let mut i = 0;
        while i < both.bits.len() && both.fits {
            both.bits[i] = self.bits[i] & other.bits[i];
            i += 1;
        }
        both
    }

    /// The words of this mask that are not in `other`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Mask;
    ///
    /// let (one, other) = (Mask::from_words([0b110, 0, 0, 0]), Mask::from_words([0b011, 0, 0, 0]));
    /// assert_eq!(one.minus(other).words(), [0b100, 0, 0, 0]);
    /// ```
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        let mut rest = self;
        let mut i = 0;
        while i < rest.bits.len() {
            rest.bits[i] &= !other.bits[i];
            i += 1;
        }
        rest
    }
}

impl core::fmt::Debug for Mask {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if !self.fits {
            return f.write_str("Mask::OVERFLOW");
        }
        f.write_str("Mask")?;
        f.debug_set().entries((0..CAPACITY_WORDS).filter(|&i| self.has(i))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn fields_union_at_their_offsets() {
        let pair = Mask::WORD.or_at(Mask::WORD, 16);
        assert_eq!(pair.words(), [0b101, 0, 0, 0]);
        assert_eq!(Mask::EMPTY.or_at(pair, 8).words(), [0b1010, 0, 0, 0]);
        assert_eq!(pair.count(), 2);
    }

    #[test]
    fn arrays_repeat_across_word_borders() {
        let hundred = Mask::WORD.repeat(100, 8);
        assert_eq!(hundred.words(), [u64::MAX, (1 << 36) - 1, 0, 0]);
        assert_eq!(hundred.n_words(), 2);
        assert_eq!(Mask::WORD.repeat(0, 8), Mask::EMPTY);
        assert_eq!(Mask::OVERFLOW.repeat(0, 8), Mask::EMPTY);
        assert_eq!(Mask::EMPTY.repeat(1_000_000, 8), Mask::EMPTY);
    }

    #[test]
    fn what_does_not_fit_says_so() {
        assert!(Mask::WORD.repeat(256, 8).fits());
        assert!(!Mask::WORD.repeat(257, 8).fits());
        assert!(!Mask::EMPTY.or_at(Mask::WORD, 4).fits());
        assert!(Mask::EMPTY.or_at(Mask::EMPTY, 4).fits());
        assert!(!Mask::WORD.or_at(Mask::OVERFLOW, 0).fits());
        assert!(!Mask::OVERFLOW.is_empty());
    }

    #[test]
    fn variants_share_their_intersection() {
        let (a, b) = (Mask::from_words([0b110, 0, 0, 0]), Mask::from_words([0b011, 0, 0, 0]));
        assert_eq!(a.intersect(b).words(), [0b010, 0, 0, 0]);
        assert_eq!(a.minus(b).words(), [0b100, 0, 0, 0]);
        assert!(!a.intersect(Mask::OVERFLOW).fits());
    }
}
