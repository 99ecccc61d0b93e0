//! Arenas: reserved ranges with their side data.
//!
//! An arena starts with a header that holds, for each of its pages, all that marking needs to go from an
//! address to its slot and mark bit: two loads and a multiplication. The objects of a page and its side
//! data never share a cache line.
//!
//! ```text
//! arena (64 MiB, aligned)
//! ├ header   entries: 16 bytes a page      address → span, slot, index of the mark word
//! │          spans:   8 bytes a page       page → span
//! │          bitmaps: marks, allocs, doomed
//! └ pages    spans of objects
//! ```
//!
//! The header is not zeroed when the arena is reserved, which would commit it all: a span initializes the
//! entries and the bitmap words of its own pages.
//!
//! One object larger than an arena gets an arena of its own, a longer one; see
//! [`PageHeap`](super::page_heap::PageHeap) for how addresses in it are found.
//!
//! # Access
//!
//! Entries and span pointers are written by whoever makes the span and so owns its pages, before any object of
//! the span is published, and stay until the span is gone. Bitmap words: see [`Span`].

use core::mem::offset_of;
use core::ptr::NonNull;

use super::span::Span;
use crate::layout::{ARENA_BYTES, ARENA_PAGES, BITMAP_WORDS_PER_PAGE, PAGE_BYTES};
use crate::os::Reservation;
use crate::sync::AtomicU64;

/// What a page says about the span that it belongs to.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(16))]
pub(crate) struct PageEntry {
    /// First page of the span, counted from the start of the arena.
    pub(crate) first_page: u32,
    /// `ceil(2^32 / slot_bytes)`: offset in the span times this, shifted by 32, is the slot. Zero for a
    /// span that is one object.
    pub(crate) reciprocal: u32,
    /// Size of a slot in bytes; zero for a span that is one object.
    pub(crate) slot_bytes: u32,
    /// Index of the span's first bitmap word, and whether the span is a leaf.
    index_and_leaf: u32,
}

const LEAF_BIT: u32 = 1 << 31;
const _: () = assert!(size_of::<PageEntry>() == 16);
const _: () = assert!(BITMAP_WORDS < LEAF_BIT as usize);

impl PageEntry {
    pub(crate) fn new(first_page: usize, slot_bytes: usize, leaf: bool, single: bool) -> Self {
        let reciprocal = if single { 0 } else { (1_u64 << 32).div_ceil(slot_bytes as u64) };
        let narrow = |n: usize| u32::try_from(n).expect("an arena has fewer than 2^32 bytes");
        Self {
            first_page: narrow(first_page),
            reciprocal: u32::try_from(reciprocal).expect("slots have at least 16 bytes"),
            slot_bytes: if single { 0 } else { narrow(slot_bytes) },
            index_and_leaf: narrow(first_page * BITMAP_WORDS_PER_PAGE) | if leaf { LEAF_BIT } else { 0 },
        }
    }

    /// Index of the span's first bitmap word in the arena.
    #[inline]
    pub(crate) fn bitmap_index(self) -> usize {
        (self.index_and_leaf & !LEAF_BIT) as usize
    }

    /// Whether objects of the span hold no edges.
    #[inline]
    pub(crate) fn is_leaf(self) -> bool {
        self.index_and_leaf & LEAF_BIT != 0
    }

    /// The slot at `offset` bytes in the span.
    #[inline]
    pub(crate) fn slot_at(self, offset: usize) -> usize {
        ((offset as u64 * u64::from(self.reciprocal)) >> 32) as usize
    }
}

/// One of the bitmaps that an arena has for its slots.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bitmap {
    /// Reached by the present cycle.
    Marks,
    /// Taken.
    Allocs,
    /// Dead, its destructor not run yet.
    Doomed,
}

/// Words of one bitmap.
const BITMAP_WORDS: usize = ARENA_PAGES * BITMAP_WORDS_PER_PAGE;

#[repr(C, align(64))]
struct Header {
    entries: [PageEntry; ARENA_PAGES],
    spans: [*mut Span; ARENA_PAGES],
    bitmaps: [[AtomicU64; BITMAP_WORDS]; 3],
}

/// Pages that the header takes.
pub(crate) const HEADER_PAGES: usize = size_of::<Header>().div_ceil(PAGE_BYTES);

/// A pointer to the header of an arena, which is also the arena's first address.
///
/// Whoever holds one holds it no longer than the arena lives: arenas are given up only by their heap, when
/// no span is left in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arena(NonNull<Header>);

// SAFETY: an address that belongs to no thread; access rules are those of what lies there.
unsafe impl Send for Arena {}

impl Arena {
    /// The arena of a reservation.
    pub(crate) fn at(range: &Reservation) -> Self {
        assert!(range.bytes() >= ARENA_BYTES && range.base().addr().get().is_multiple_of(ARENA_BYTES));
        let end = range.base().addr().get() + range.bytes();
        assert!(end <= crate::layout::ADDRESS_MASK, "the system gave addresses of more than 48 bits");
        // Edges lead here by their address, see `containing`.
        range.base().as_ptr().expose_provenance();
        Self(range.base().cast())
    }

    /// The arena that holds `address`, which is not in the second or a later unit of a huge one.
    ///
    /// # Safety
    ///
    /// The address lies in the first [`ARENA_BYTES`] of an arena.
    #[inline]
    pub(crate) unsafe fn containing(address: *const u8) -> Self {
        // By the arena's own, exposed provenance: the edge may be the address of a field, made from a reference
        // to it, which may reach neither the rest of the object nor the side data.
        let base = core::ptr::with_exposed_provenance_mut(address.addr() & !(ARENA_BYTES - 1));
        // SAFETY: arenas are aligned to their size and do not start at zero.
        Self(unsafe { NonNull::new_unchecked(base) })
    }

    /// First address.
    #[inline]
    pub(crate) fn base(self) -> *mut u8 {
        self.0.as_ptr().cast()
    }

    /// First address of a page.
    #[inline]
    pub(crate) fn page(self, page: usize) -> *mut u8 {
        self.base().wrapping_add(page * PAGE_BYTES)
    }

    /// The page of an address in this arena; in a huge arena it may be beyond the entries.
    #[inline]
    pub(crate) fn page_of(self, address: *const u8) -> usize {
        (address.addr() - self.base().addr()) / PAGE_BYTES
    }

    /// The entry of a page.
    ///
    /// # Safety
    ///
    /// The page belongs to a span.
    #[inline]
    pub(crate) unsafe fn entry(self, page: usize) -> PageEntry {
        // SAFETY: in bounds of the header, and initialized by the span.
        unsafe { self.entry_ptr(page).read() }
    }

    /// The span of a page.
    ///
    /// # Safety
    ///
    /// The page belongs to a span.
    #[inline]
    pub(crate) unsafe fn span(self, page: usize) -> *mut Span {
        // SAFETY: in bounds of the header, and initialized by the span.
        unsafe { self.span_ptr(page).read() }
    }

    /// Makes a page part of a span.
    ///
    /// # Safety
    ///
    /// The caller owns the page: it was taken from the page heap, and no span has it yet.
    pub(crate) unsafe fn set_page(self, page: usize, entry: PageEntry, span: *mut Span) {
        // SAFETY: in bounds of the header; nobody reads the entry of a page without objects.
        unsafe { self.entry_ptr(page).write(entry) };
        // SAFETY: as above.
        unsafe { self.span_ptr(page).write(span) };
    }

    #[inline]
    fn entry_ptr(self, page: usize) -> *mut PageEntry {
        debug_assert!(page < ARENA_PAGES);
        self.base().wrapping_add(offset_of!(Header, entries)).cast::<PageEntry>().wrapping_add(page)
    }

    #[inline]
    fn span_ptr(self, page: usize) -> *mut *mut Span {
        debug_assert!(page < ARENA_PAGES);
        self.base().wrapping_add(offset_of!(Header, spans)).cast::<*mut Span>().wrapping_add(page)
    }

    /// The word of a bitmap at `index`.
    ///
    /// # Safety
    ///
    /// The word belongs to a span, which has initialized it, and the arena outlives the reference.
    #[inline]
    pub(crate) unsafe fn bits<'a>(self, bitmap: Bitmap, index: usize) -> &'a AtomicU64 {
        // SAFETY: in bounds of the header and initialized, by the caller's duty.
        unsafe { &*self.bits_ptr(bitmap, index) }
    }

    /// Clears the word of a bitmap at `index` for a new span.
    ///
    /// # Safety
    ///
    /// The caller owns the pages that the word belongs to.
    pub(crate) unsafe fn clear_bits(self, bitmap: Bitmap, index: usize) {
        // SAFETY: in bounds; nobody reads bitmap words of pages without objects.
        unsafe { self.bits_ptr(bitmap, index).cast_mut().write(AtomicU64::new(0)) };
    }

    #[inline]
    fn bits_ptr(self, bitmap: Bitmap, index: usize) -> *const AtomicU64 {
        debug_assert!(index < BITMAP_WORDS);
        let bitmaps = self.base().wrapping_add(offset_of!(Header, bitmaps)).cast::<AtomicU64>();
        bitmaps.wrapping_add(bitmap as usize * BITMAP_WORDS + index)
    }
}

#[cfg(test)]
mod tests {
    use super::PageEntry;
    use crate::layout::{MAX_SMALL_BYTES, MAX_SPAN_PAGES, MIN_SLOT_BYTES, PAGE_BYTES};

    #[test]
    fn the_reciprocal_divides_exactly() {
        for slot_bytes in (MIN_SLOT_BYTES..=MAX_SMALL_BYTES).step_by(8) {
            let entry = PageEntry::new(7, slot_bytes, false, false);
            let last = MAX_SPAN_PAGES * PAGE_BYTES / slot_bytes;
            for slot in 0..last {
                assert_eq!(entry.slot_at(slot * slot_bytes), slot);
                assert_eq!(entry.slot_at((slot + 1) * slot_bytes - 1), slot);
            }
        }
        assert_eq!(PageEntry::new(7, 1 << 30, true, true).slot_at(usize::MAX >> 8), 0);
        assert!(PageEntry::new(7, 16, true, false).is_leaf());
        assert_eq!(PageEntry::new(7, 16, true, false).bitmap_index(), 28);
    }
}
