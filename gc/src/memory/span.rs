//! Spans: runs of pages cut into equal slots, or one large object.
//!
//! # Invariants
//!
//! 1. Every page of the span (of a huge one: every page that has an entry) points at the span, and its entry
//!    leads from any address in the span to slot and bitmap word.
//! 2. Bits of slots that the span does not have are clear in every bitmap.
//! 3. Doomed slots are taken: `doomed ⊆ allocs`.
//! 4. Outside a cycle no mark is set.
//!
//! # Access
//!
//! 1. Marks: the collector, while the world is stopped.
//! 2. Allocs of a word: the mutator that claimed the word; while the world is stopped, the collector; for
//!    words that nobody claimed since the last sweep, whoever holds the memory lock.
//! 3. Doomed: whoever holds the memory lock.
//! 4. All other fields: fixed, but for the cursor, which the memory lock guards.

use super::arena::{Arena, Bitmap, PageEntry};
use super::class::Class;
use super::page_heap::PageRun;
use crate::layout::{ARENA_PAGES, BITMAP_WORDS_PER_PAGE, PAGE_BYTES};
use crate::sync::{AtomicU64, Ordering};

/// A run of pages cut into equal slots, or one large object.
#[derive(Debug)]
pub(crate) struct Span {
    run: PageRun,
    /// The class. Its content is fixed; the rest of it is the memory lock's.
    class: *const Class,
    slot_bytes: usize,
    n_slots: usize,
    /// The first bitmap word that no mutator has claimed since the last sweep.
    pub(crate) next_word: usize,
}

impl Span {
    /// Cuts pages into slots and makes them known as a span.
    ///
    /// # Safety
    ///
    /// The caller owns the pages and holds the memory lock; `class` outlives the span.
    pub(crate) unsafe fn new(run: PageRun, class: &Class) -> Box<Self> {
        let n_slots = if class.is_large() { 1 } else { run.n_pages * PAGE_BYTES / class.slot_bytes };
        let slot_bytes = class.slot_bytes;
        let mut span = Box::new(Self { run, class, slot_bytes, n_slots, next_word: 0 });
        let entry = PageEntry::new(run.first, slot_bytes, class.is_leaf(), class.is_large());
        let last = (run.first + run.n_pages).min(ARENA_PAGES);
        for page in run.first..last {
            // SAFETY: the page is the caller's.
            unsafe { run.arena.set_page(page, entry, &raw mut *span) };
        }
        for word in 0..(last - run.first) * BITMAP_WORDS_PER_PAGE {
            for bitmap in [Bitmap::Marks, Bitmap::Allocs, Bitmap::Doomed] {
                // SAFETY: the pages are the caller's, and so are their bitmap words.
                unsafe { run.arena.clear_bits(bitmap, entry.bitmap_index() + word) };
            }
        }
        // SAFETY: no object is in the span yet.
        unsafe { crate::zeal::poison(span.start(), run.n_pages * PAGE_BYTES) };
        span
    }

    pub(crate) fn run(&self) -> PageRun {
        self.run
    }

    pub(crate) fn n_pages(&self) -> usize {
        self.run.n_pages
    }

    pub(crate) fn slot_bytes(&self) -> usize {
        self.slot_bytes
    }

    /// Bitmap words that the slots take.
    pub(crate) fn n_words(&self) -> usize {
        self.n_slots.div_ceil(64)
    }

    /// The bits of a word that stand for slots.
    pub(crate) fn slots_of_word(&self, word: usize) -> u64 {
        let left = self.n_slots - word * 64;
        if left >= 64 { u64::MAX } else { (1 << left) - 1 }
    }

    /// First address.
    pub(crate) fn start(&self) -> *mut u8 {
        self.run.arena.page(self.run.first)
    }

    /// Address of a slot.
    pub(crate) fn slot(&self, index: usize) -> *mut u8 {
        debug_assert!(index < self.n_slots);
        self.start().wrapping_add(index * self.slot_bytes)
    }

    /// A word of one of the span's bitmaps.
    pub(crate) fn bits(&self, bitmap: Bitmap, word: usize) -> &AtomicU64 {
        debug_assert!(word < self.n_words());
        // SAFETY: initialized in `new`; the arena lives as long as its spans.
        unsafe { self.run.arena.bits(bitmap, self.run.first * BITMAP_WORDS_PER_PAGE + word) }
    }

    /// Reads a bitmap word. Relaxed: who may read is settled by a lock or a stop (see Access), which order.
    pub(crate) fn load(&self, bitmap: Bitmap, word: usize) -> u64 {
        self.bits(bitmap, word).load(Ordering::Relaxed)
    }

    /// Writes a bitmap word. Relaxed: as for [`load`](Self::load).
    pub(crate) fn store(&self, bitmap: Bitmap, word: usize, bits: u64) {
        self.bits(bitmap, word).store(bits, Ordering::Relaxed);
    }

    /// Claims the next word that has free slots: the word and its free slots.
    pub(crate) fn claim_word(&mut self) -> Option<(usize, u64)> {
        while self.next_word < self.n_words() {
            let word = self.next_word;
            self.next_word += 1;
            let free = self.slots_of_word(word) & !self.load(Bitmap::Allocs, word);
            if free != 0 {
                return Some((word, free));
            }
        }
        None
    }

    /// Frees doomed slots of a word that no mutator has claimed.
    pub(crate) fn free_doomed(&self, word: usize, slots: u64) {
        for bitmap in [Bitmap::Doomed, Bitmap::Allocs] {
            self.store(bitmap, word, self.load(bitmap, word) & !slots);
        }
    }

    /// Whether no slot is taken and none is claimed.
    pub(crate) fn is_empty(&self) -> bool {
        self.next_word == 0 && (0..self.n_words()).all(|word| self.load(Bitmap::Allocs, word) == 0)
    }

    /// The class: its content may be read by anyone.
    pub(crate) fn class(&self) -> *const Class {
        self.class
    }

    /// Asserts the invariants.
    pub(crate) fn check(&self) {
        let last = (self.run.first + self.run.n_pages).min(ARENA_PAGES);
        for page in self.run.first..last {
            // SAFETY: the page belongs to this span.
            let entry = unsafe { self.run.arena.entry(page) };
            // SAFETY: as above.
            let span = unsafe { self.run.arena.span(page) };
            assert!(core::ptr::eq(span, self), "span invariant 1: page {page} points elsewhere");
            assert_eq!(entry.first_page as usize, self.run.first, "span invariant 1");
            assert_eq!(entry.bitmap_index(), self.run.first * BITMAP_WORDS_PER_PAGE, "span invariant 1");
        }
        for word in 0..self.n_words() {
            let [marks, allocs, doomed] =
                [Bitmap::Marks, Bitmap::Allocs, Bitmap::Doomed].map(|bitmap| self.load(bitmap, word));
            assert_eq!((marks | allocs | doomed) & !self.slots_of_word(word), 0, "span invariant 2");
            assert_eq!(doomed & !allocs, 0, "span invariant 3");
            assert_eq!(marks, 0, "span invariant 4");
        }
    }
}

/// Where an address lies: its slot, and the slot's bit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) arena: Arena,
    pub(crate) entry: PageEntry,
    /// Index of the slot in its span.
    pub(crate) index: usize,
}

impl Slot {
    /// The slot of an address.
    ///
    /// # Safety
    ///
    /// `arena` holds the address, which lies in an object.
    #[inline]
    pub(crate) unsafe fn of(arena: Arena, address: *const u8) -> Self {
        let page = arena.page_of(address);
        // Beyond the entries there is only the one object that makes an arena huge, whose entries are equal.
        let page = page.min(ARENA_PAGES - 1);
        // SAFETY: the page belongs to the span of the object.
        let entry = unsafe { arena.entry(page) };
        let offset = address.addr() - arena.page(entry.first_page as usize).addr();
        Self { arena, entry, index: entry.slot_at(offset) }
    }

    /// First address of the slot.
    #[inline]
    pub(crate) fn start(self) -> *mut u8 {
        let offset = self.index * self.entry.slot_bytes as usize;
        self.arena.page(self.entry.first_page as usize).wrapping_add(offset)
    }

    /// The slot's bit in its bitmap word.
    #[inline]
    pub(crate) fn bit(self) -> u64 {
        1 << (self.index % 64)
    }

    /// The slot's word in a bitmap.
    #[inline]
    pub(crate) fn word<'a>(self, bitmap: Bitmap) -> &'a AtomicU64 {
        // SAFETY: the span has initialized the word, and lives as long as the object that the slot was found by.
        unsafe { self.arena.bits(bitmap, self.entry.bitmap_index() + self.index / 64) }
    }

    /// The span.
    #[inline]
    pub(crate) fn span(self) -> *mut Span {
        // SAFETY: the page belongs to a span.
        unsafe { self.arena.span(self.entry.first_page as usize) }
    }
}
