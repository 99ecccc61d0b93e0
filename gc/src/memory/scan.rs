//! What marking needs to know of a class: how its spans are cut, and what to read of its objects.

use super::class::Class;
use crate::object::OwnedFn;
use crate::trace::TraceFn;

// ANCHOR: scan
/// What a class says about its spans and its objects. A line of its own for each: found by a shift.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Scan {
    /// Which of the first 64 words are edges.
    pub(crate) first_words: u64,
    /// The same for the words after them.
    pub(crate) other_words: &'static [u64],
    /// Reports the other edges.
    pub(crate) tail: Option<TraceFn>,
    /// What an object owns elsewhere, if that may change. Only where there is a tail.
    pub(crate) owned: Option<OwnedFn>,
    /// Size of a slot in bytes.
    pub(crate) slot_bytes: usize,
    /// See [`slot_at`](Self::slot_at); zero where a span is one object.
    reciprocal: u32,
    /// Number of the class in the heap.
    class: u32,
    /// Whether there are other words, or a tail.
    pub(crate) has_more: bool,
    /// Whether objects hold no edges.
    pub(crate) is_leaf: bool,
}
// ANCHOR_END: scan

const _: () = assert!(size_of::<Scan>() == 64);

impl Scan {
    pub(super) fn of(class: &Class) -> Self {
        let (first_words, other_words) = match class.mask {
            [] => (0, [].as_slice()),
            [first, others @ ..] => (*first, others),
        };
        Self {
            first_words,
            other_words,
            tail: class.tail,
            owned: if class.owns_changing { class.owned } else { None },
            slot_bytes: class.slot_bytes,
            reciprocal: if class.is_large() { 0 } else { reciprocal_of(class.slot_bytes) },
            class: u32::try_from(class.number).expect("there are fewer than 2^32 types"),
            has_more: !other_words.is_empty() || class.tail.is_some(),
            is_leaf: class.is_leaf(),
        }
    }

    /// Number of the class in the heap.
    pub(crate) fn class(&self) -> usize {
        self.class as usize
    }

    /// The slot at `offset` bytes in a span of the class, and whether it starts there. That is not said where a span is one
    /// object.
    #[inline]
    pub(super) fn slot_at(&self, offset: usize) -> (usize, bool) {
        divide(offset, self.reciprocal)
    }
}

/// `ceil(2^32 / slot_bytes)`.
fn reciprocal_of(slot_bytes: usize) -> u32 {
    u32::try_from((1_u64 << 32).div_ceil(slot_bytes as u64)).expect("slots have at least 16 bytes")
}

/// An offset divided by what the reciprocal is of, and whether nothing remains: what the product is beyond a multiple of 2^32
/// is less than the reciprocal only then.
///
/// One product for both: Lemire, Kaser and Kurz, "Faster Remainder by Direct Computation" (2019).
#[inline]
fn divide(offset: usize, reciprocal: u32) -> (usize, bool) {
    let product = offset as u64 * u64::from(reciprocal);
    ((product >> 32) as usize, (product & u64::from(u32::MAX)) < u64::from(reciprocal))
}

#[cfg(test)]
mod tests {
    use super::{divide, reciprocal_of};
    use crate::layout::{MAX_SMALL_BYTES, MAX_SPAN_PAGES, MIN_SLOT_BYTES, PAGE_BYTES};

    #[test]
    fn the_reciprocal_divides_exactly() {
        for slot_bytes in (MIN_SLOT_BYTES..=MAX_SMALL_BYTES).step_by(8) {
            let reciprocal = reciprocal_of(slot_bytes);
            let last = MAX_SPAN_PAGES * PAGE_BYTES / slot_bytes;
            for slot in 0..last {
                assert_eq!(divide(slot * slot_bytes, reciprocal), (slot, true));
                assert_eq!(divide(slot * slot_bytes + 1, reciprocal), (slot, false));
                assert_eq!(divide((slot + 1) * slot_bytes - 1, reciprocal), (slot, false));
            }
        }
        assert_eq!((divide(usize::MAX >> 8, 0), divide(0, 0)), ((0, false), (0, false)), "one object");
    }
}
