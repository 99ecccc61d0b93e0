//! Every size of the heap, and the words that lie in objects.
//!
//! ```text
//! arena  one reserved, aligned address range; its first pages hold the side data of all its pages
//! page   our unit of span sizes (never the system's, which is called "OS page")
//! span   a run of pages cut into equal slots, or one large object
//! slot   room for one object
//! word   what an edge fits: 8 bytes
//! ```

use core::sync::atomic::{AtomicPtr, Ordering};

#[cfg(not(target_pointer_width = "64"))]
compile_error!("this crate needs a target with 64-bit pointers");

/// Bytes of a word.
pub(crate) const WORD_BYTES: usize = size_of::<usize>();
/// Addresses below this one are null and sentinels, never edges.
pub(crate) const FIRST_EDGE_ADDRESS: usize = 64 << 10;
/// Bits of a word that hold an address; above them a packed word has its tag.
pub(crate) const ADDRESS_BITS: u32 = 48;
/// Tags of words that are edges: those below.
pub(crate) const EDGE_TAGS: usize = 15;
/// The address of a word.
pub(crate) const ADDRESS_MASK: usize = (1 << ADDRESS_BITS) - 1;

/// Bytes of a page, and the largest alignment of an object.
pub(crate) const PAGE_BYTES: usize = 4 << 10;
/// Bytes, and alignment, of an arena. Small in builds that look for faults, so that few objects need many
/// arenas.
pub(crate) const ARENA_BYTES: usize = if cfg!(any(gc_zeal, gc_asan)) { 4 << 20 } else { 64 << 20 };
/// Pages of an arena, those of its header included.
pub(crate) const ARENA_PAGES: usize = ARENA_BYTES / PAGE_BYTES;

/// Smallest slot. Zero-sized values get one, too: they may have a `Drop`, and distinct objects have distinct
/// addresses.
pub(crate) const MIN_SLOT_BYTES: usize = 16;
/// Largest slot of a span that is shared by several objects; larger objects have a span of their own.
pub(crate) const MAX_SMALL_BYTES: usize = 16 << 10;
/// Largest span that is shared by several objects.
pub(crate) const MAX_SPAN_PAGES: usize = 32;
/// Words of each bitmap that a page has room for: one bit for every slot of the smallest size.
pub(crate) const BITMAP_WORDS_PER_PAGE: usize = PAGE_BYTES / MIN_SLOT_BYTES / 64;

const _: () = assert!(MAX_SMALL_BYTES * 8 == MAX_SPAN_PAGES * PAGE_BYTES);
const _: () = assert!(ARENA_PAGES <= u16::MAX as usize + 1);

/// `n` rounded up to a multiple of `to`, a power of two or not.
pub(crate) const fn round_up(n: usize, to: usize) -> usize {
    n.div_ceil(to) * to
}

/// The size of the slots for values of this size and alignment.
pub(crate) const fn slot_bytes(size: usize, align: usize) -> usize {
    let size = if size < MIN_SLOT_BYTES { MIN_SLOT_BYTES } else { size };
    round_up(size, if align < WORD_BYTES { WORD_BYTES } else { align })
}

/// The size class for `size` bytes, from which slices and strings are served: eight classes for each
/// doubling, so that at most an eighth is lost.
pub(crate) const fn size_class(size: usize) -> usize {
    if size <= MIN_SLOT_BYTES {
        return MIN_SLOT_BYTES;
    }
    let step = 1_usize << (usize::BITS - 1 - (size - 1).leading_zeros()).saturating_sub(3);
    round_up(size, if step < MIN_SLOT_BYTES { MIN_SLOT_BYTES } else { step })
}

/// Reads a word of an object that another thread may be storing through a cell.
///
/// # Safety
///
/// `at` is aligned to words and holds an initialized word.
#[inline]
pub(crate) unsafe fn load_word(at: *const u8) -> *const u8 {
    // SAFETY: valid and aligned by the caller's duty; stores beside us are atomic, too (`GcCell`).
    let word = unsafe { AtomicPtr::from_ptr(at.cast_mut().cast::<*mut u8>()) };
    // Relaxed: the target was published before the mutation ended that stored the word, and the
    // stop that lets us read synchronizes with the end of every mutation.
    word.load(Ordering::Relaxed)
}

/// The address that a masked word holds, if it holds one.
#[inline]
pub(crate) fn edge_of(word: *const u8) -> Option<*const u8> {
    // Null and sentinels are below, numbers above: one comparison for all that is no edge.
    const EDGES: usize = (EDGE_TAGS << ADDRESS_BITS) - FIRST_EDGE_ADDRESS;
    let is_edge = word.addr().wrapping_sub(FIRST_EDGE_ADDRESS) < EDGES;
    is_edge.then(|| word.map_addr(|address| address & ADDRESS_MASK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_classes_lose_little_and_never_fall_short() {
        let mut previous = 0;
        for size in 1..=MAX_SMALL_BYTES * 4 {
            let class = size_class(size);
            assert!(class >= size && class >= previous);
            assert!(class - size < 16 || (class - size) * 8 <= class, "{size} -> {class}");
            assert_eq!(size_class(class), class, "a class is its own class");
            previous = class;
        }
    }

    #[test]
    fn slots_hold_and_align_their_values() {
        assert_eq!(slot_bytes(0, 1), 16);
        assert_eq!(slot_bytes(17, 1), 24);
        assert_eq!(slot_bytes(0, 4096), 4096);
        assert_eq!(slot_bytes(48, 32), 64);
    }

    #[test]
    fn only_addresses_are_edges() {
        let word = |bits: usize| core::ptr::without_provenance::<u8>(bits);
        for none in
            [0, 8, 65535, 1 << 63, usize::MAX, (1 << 63) | 0x7000_0000, 15 << 48, (1 << 52) - 1, 5 << 60]
        {
            assert!(edge_of(word(none)).is_none(), "{none:#x}");
        }
        assert_eq!(edge_of(word(65536)), Some(word(65536)));
        for tag in 0..15 {
            assert_eq!(edge_of(word((tag << 48) | 0x7000_0000)), Some(word(0x7000_0000)));
        }
        assert_eq!(edge_of(word((15 << 48) - 1)), Some(word(ADDRESS_MASK)));
    }
}
