//! The words of `#[derive(Word)]` enums: see [`Word`](crate::Word) for what their bits mean.

use core::ptr::without_provenance_mut;

use crate::layout::{ADDRESS_BITS, ADDRESS_MASK, FIRST_EDGE_ADDRESS};

/// The bit of words that are no edges.
const IMMEDIATE: usize = 1 << 63;

/// The word of a variant without a field.
#[inline]
pub fn immediate_word(variant: usize) -> *mut () {
    without_provenance_mut(IMMEDIATE | variant << ADDRESS_BITS)
}

/// The word of a variant whose field packs to `payload`, an edge if `edge` says so and it is not null.
#[inline]
pub fn packed_word(variant: usize, edge: bool, payload: *mut ()) -> *mut () {
    // A null, or a sentinel, with a tag would not be told from an edge, since the marker looks at the tag, too.
    let is_edge = edge && payload.addr() >= FIRST_EDGE_ADDRESS;
    let tag = if is_edge { variant << ADDRESS_BITS } else { IMMEDIATE | variant << ADDRESS_BITS };
    debug_assert!(payload.addr() <= ADDRESS_MASK, "a packed value has 48 bits at most");
    payload.map_addr(|address| address | tag)
}

/// The variant of a word made by one of the above.
#[inline]
pub fn variant_of(word: *mut ()) -> usize {
    (word.addr() & !IMMEDIATE) >> ADDRESS_BITS
}

/// What the field of a word was packed to.
#[inline]
pub fn payload_of(word: *mut ()) -> *mut () {
    word.map_addr(|address| address & ADDRESS_MASK)
}

/// The arm of all numbers that no variant has.
///
/// # Safety
///
/// Never called.
#[inline]
pub unsafe fn no_such_variant() -> ! {
    // SAFETY: the caller's duty.
    unsafe { core::hint::unreachable_unchecked() }
}
