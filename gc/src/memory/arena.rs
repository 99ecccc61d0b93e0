//! Arenas: reserved ranges with their side data.
//!
//! An arena starts with a header that holds, for each of its pages, all that marking needs to go from an
//! address to the span's start, its class and its mark bits. The objects of a page and its side data never share a cache
//! line.
//!
//! ```text
//! arena (64 MiB, aligned)
//! ├ header   entries: 4 bytes a page       address → span's first page, class
//! │          spans:   8 bytes a page       page → span
//! │          bitmaps: marks, allocs, doomed
//! └ pages    spans of objects
//! ```
//!
//! The header is not zeroed when the arena is reserved, which would commit it all, also in a small heap: a span initializes
//! the entries and the bitmap words of its own pages. So the memory behind side data of free pages can be given back to
//! the system together with theirs.
//!
//! One object larger than an arena gets an arena of its own, a longer one; see
//! [`PageHeap`](super::page_heap::PageHeap) for how addresses in it are found.
//!
//! # Access
//!
//! Entries and span pointers are written by whoever makes the span and so owns its pages, before any object of
//! the span is published, and stay until the span is gone. Bitmap words: see [`Span`].

use core::mem::offset_of;
use core::ops::Range;
use core::ptr::NonNull;
#[cfg(feature = "capi")]
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::span::Span;
use crate::layout::{ARENA_BYTES, ARENA_PAGES, BITMAP_WORDS_PER_PAGE, PAGE_BYTES};
use crate::os::Reservation;
use crate::sync::AtomicU64;

// ANCHOR: page_entry
/// What a page says about the span that it belongs to: what is the same in all spans of a class is said by the class. Few
/// bytes, as marking reads it for every edge, of pages all over the heap: of a heap of gigabytes all entries fit into a
/// cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(4))]
pub(crate) struct PageEntry {
    /// First page of the span, counted from the start of the arena.
    first_page: u16,
    /// Number of the class, or [`NO_SHORT_CLASS`](Self::NO_SHORT_CLASS) if that does not fit.
    short_class: u16,
}
// ANCHOR_END: page_entry

const _: () = assert!(size_of::<PageEntry>() == 4);

impl PageEntry {
    /// The number of no class: that of the page's is asked of the span.
    pub(crate) const NO_SHORT_CLASS: usize = u16::MAX as usize;
    /// Classes with short numbers. Few in builds that look for faults, so that heaps have more.
    pub(crate) const SHORT_CLASSES: usize =
        if cfg!(any(gc_zeal, gc_asan)) { 24 } else { Self::NO_SHORT_CLASS };

    pub(crate) fn new(first_page: usize, class: usize) -> Self {
        let short_class = if class < Self::SHORT_CLASSES { class } else { Self::NO_SHORT_CLASS };
        Self {
            first_page: u16::try_from(first_page).expect("an arena has no more than 2^16 pages"),
            short_class: u16::try_from(short_class).expect("it is no larger"),
        }
    }

    /// First page of the span, counted from the start of the arena.
    #[inline]
    pub(crate) fn first_page(self) -> usize {
        self.first_page.into()
    }

    /// Number of the class in the heap, if it is less than [`SHORT_CLASSES`](Self::SHORT_CLASSES), else
    /// [`NO_SHORT_CLASS`](Self::NO_SHORT_CLASS).
    #[inline]
    pub(crate) fn short_class(self) -> usize {
        self.short_class.into()
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

/// The tables of the header: where each starts, and how many bytes it has for a page.
const TABLES: [(usize, usize); 5] = {
    let (bits, of_page) = (offset_of!(Header, bitmaps), BITMAP_WORDS_PER_PAGE * size_of::<AtomicU64>());
    [
        (offset_of!(Header, entries), size_of::<PageEntry>()),
        (offset_of!(Header, spans), size_of::<*mut Span>()),
        (bits, of_page),
        (bits + of_page * ARENA_PAGES, of_page),
        (bits + 2 * of_page * ARENA_PAGES, of_page),
    ]
};

/// The whole pages of the header that hold nothing but side data of these pages, as ranges of bytes.
pub(super) fn side_data_of(pages: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    // The header's own pages have no side data, though there is room for it.
    let first = if pages.start == HEADER_PAGES { 0 } else { pages.start };
    let parts = TABLES.into_iter().map(move |(start, bytes)| {
        let (from, to) = (start + first * bytes, start + pages.end * bytes);
        from.next_multiple_of(PAGE_BYTES)..to / PAGE_BYTES * PAGE_BYTES
    });
    parts.filter(|part| !part.is_empty())
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
// SAFETY: as above.
unsafe impl Sync for Arena {}

impl Arena {
    /// The arena of a reservation; `None` if the system gave addresses of more bits than an edge has.
    pub(crate) fn at(range: &Reservation) -> Option<Self> {
        assert!(range.bytes() >= ARENA_BYTES && range.base().addr().get().is_multiple_of(ARENA_BYTES));
        let end = range.base().addr().get() + range.bytes();
        if end > crate::layout::ADDRESS_MASK {
            return None;
        }
        // Edges lead here by their address, see `containing`.
        range.base().as_ptr().expose_provenance();
        Some(Self(range.base().cast()))
    }

    /// First address of the unit, as long and as aligned as an ordinary arena, that an address lies in.
    #[inline]
    pub(super) fn unit_of(address: usize) -> usize {
        address & !(ARENA_BYTES - 1)
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
        let base = core::ptr::with_exposed_provenance_mut(Self::unit_of(address.addr()));
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
        // SAFETY: in bounds of the header, and aligned.
        let place = unsafe { AtomicPtr::from_ptr(self.span_ptr(page)) };
        // Release: pairs with the acquire in `span_if_any`, which may look at a page that has just come to a span.
        place.store(span, Ordering::Release);
    }

    /// The span of any page of the arena; null for one that belongs to none.
    ///
    /// # Safety
    ///
    /// The arena was not given up.
    #[cfg(feature = "capi")]
    pub(super) unsafe fn span_if_any(self, page: usize) -> *mut Span {
        // SAFETY: in bounds of the header, and aligned.
        let span = unsafe { AtomicPtr::from_ptr(self.span_ptr(page)) };
        // Acquire: pairs with the releases in `set_page` and `forget_page`.
        span.load(Ordering::Acquire)
    }

    /// Notes that a page belongs to no span any more.
    ///
    /// # Safety
    ///
    /// The caller owns the page.
    #[cfg(feature = "capi")]
    pub(super) unsafe fn forget_page(self, page: usize) {
        // SAFETY: as in `span_if_any`.
        let span = unsafe { AtomicPtr::from_ptr(self.span_ptr(page)) };
        span.store(null_mut(), Ordering::Release);
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
    use super::{HEADER_PAGES, Header, PageEntry, side_data_of};
    use crate::layout::{ARENA_PAGES, PAGE_BYTES};

    #[test]
    fn an_entry_leads_to_first_page_and_class() {
        let short = PageEntry::SHORT_CLASSES;
        for class in [3, short - 1, short, PageEntry::NO_SHORT_CLASS, 1 << 20] {
            let entry = PageEntry::new(ARENA_PAGES - 1, class);
            assert_eq!(entry.first_page(), ARENA_PAGES - 1);
            assert_eq!(entry.short_class(), if class < short { class } else { PageEntry::NO_SHORT_CLASS });
        }
    }

    #[test]
    fn side_data_of_pages_is_theirs_alone() {
        let bytes =
            |pages: core::ops::Range<usize>| side_data_of(pages).map(|part| part.len()).sum::<usize>();
        assert_eq!(bytes(HEADER_PAGES..ARENA_PAGES), size_of::<Header>(), "all of the header");
        assert_eq!(bytes(HEADER_PAGES + 1..HEADER_PAGES + 128), 0, "less than a page of any table");
        // The parts of neighbours do not overlap, and miss at most the two pages at the seam in each table.
        let (low, high) = (HEADER_PAGES..700, 700..ARENA_PAGES);
        let parts: Vec<_> = side_data_of(low.clone()).chain(side_data_of(high.clone())).collect();
        for (at, part) in parts.iter().enumerate() {
            assert!(part.start.is_multiple_of(PAGE_BYTES) && part.end.is_multiple_of(PAGE_BYTES));
            assert!(parts[..at].iter().all(|other| part.end <= other.start || other.end <= part.start));
        }
        assert!(bytes(low) + bytes(high) + 5 * PAGE_BYTES >= size_of::<Header>());
    }
}
