//! Spans: runs of pages cut into equal slots, or one large object.
//!
//! # Invariants
//!
//! 1. Every page of the span (of a huge one: every page that has an entry) points at the span, and its entry
//!    leads from any address in the span to slot and bitmap word.
//! 2. Bits of slots that the span does not have are clear in every bitmap.
//! 3. Doomed slots are taken: `doomed ⊆ allocs`.
//! 4. No mark is set in a span that is swept, but while the world is stopped.
//! 5. In a span that is swept, every slot is taken, claimed by a mutator, listed as a free run of the class, or
//!    free in a word that nobody has claimed since (`next_word` and above).
//!
//! # Access
//!
//! Spans are only ever shared; all that changes is atomic.
//!
//! 1. Marks: while the world is stopped, the collector; after that, whoever sweeps the span.
//! 2. Allocs: mutators add the slots of their claims, all before the next stop; who sweeps the span removes
//!    those of the dead; who has run a destructor removes its slot, before it is no longer doomed.
//! 3. Doomed: who sweeps the span adds; who has run a destructor removes.
//! 4. The cursor `next_word` and the places in lists: the class's lock. All other fields are fixed.

use core::ptr::NonNull;

use super::arena::{Arena, Bitmap, PageEntry};
use super::class::Class;
use super::page_heap::PageRun;
use super::span_list;
use super::sweep_state::{Generation, SweepState};
use crate::layout::{ARENA_PAGES, BITMAP_WORDS_PER_PAGE, PAGE_BYTES};
use crate::sync::{AtomicU64, AtomicUsize, Ordering};

/// A run of pages cut into equal slots, or one large object.
#[derive(Debug)]
pub(crate) struct Span {
    run: PageRun,
    /// The class, which outlives the span.
    class: NonNull<Class>,
    slot_bytes: usize,
    n_slots: usize,
    /// Whether it is swept.
    pub(super) sweep: SweepState,
    /// The first bitmap word that no mutator has claimed since the last sweep.
    next_word: AtomicUsize,
    /// Places in the lists of the class ([`SpanList`](super::span_list::SpanList)).
    pub(super) places: [AtomicUsize; span_list::KINDS],
}

impl Span {
    /// Cuts pages into slots and makes them known as a span.
    ///
    /// # Safety
    ///
    /// The caller owns the pages; `class` outlives the span.
    pub(super) unsafe fn new(run: PageRun, class: &Class, now: Generation) -> NonNull<Self> {
        let n_slots = if class.is_large() { 1 } else { run.n_pages * PAGE_BYTES / class.slot_bytes };
        let span = NonNull::from(Box::leak(Box::new(Self {
            run,
            class: NonNull::from(class),
            slot_bytes: class.slot_bytes,
            n_slots,
            sweep: SweepState::swept(now),
            next_word: AtomicUsize::new(0),
            places: core::array::from_fn(|_| AtomicUsize::new(span_list::NOWHERE)),
        })));
        let entry = PageEntry::new(run.first, class.slot_bytes, class.is_leaf(), class.is_large());
        let last = (run.first + run.n_pages).min(ARENA_PAGES);
        for page in run.first..last {
            // SAFETY: the page is the caller's.
            unsafe { run.arena.set_page(page, entry, span.as_ptr()) };
        }
        for word in 0..n_slots.div_ceil(64) {
            for bitmap in [Bitmap::Marks, Bitmap::Allocs, Bitmap::Doomed] {
                // SAFETY: the pages are the caller's, and so are their bitmap words.
                unsafe { run.arena.clear_bits(bitmap, entry.bitmap_index() + word) };
            }
        }
        // SAFETY: no object is in the span yet.
        unsafe { crate::zeal::poison(run.arena.page(run.first), run.n_pages * PAGE_BYTES) };
        span
    }

    pub(super) fn run(&self) -> PageRun {
        self.run
    }

    pub(super) fn slot_bytes(&self) -> usize {
        self.slot_bytes
    }

    /// Bitmap words that the slots take.
    pub(super) fn n_words(&self) -> usize {
        self.n_slots.div_ceil(64)
    }

    /// The bits of a word that stand for slots.
    pub(super) fn slots_of_word(&self, word: usize) -> u64 {
        let left = self.n_slots - word * 64;
        if left >= 64 { u64::MAX } else { (1 << left) - 1 }
    }

    /// Address of a slot.
    pub(super) fn slot(&self, index: usize) -> *mut u8 {
        debug_assert!(index < self.n_slots);
        self.run.arena.page(self.run.first).wrapping_add(index * self.slot_bytes)
    }

    /// A word of one of the span's bitmaps.
    pub(super) fn bits(&self, bitmap: Bitmap, word: usize) -> &AtomicU64 {
        debug_assert!(word < self.n_words());
        // SAFETY: initialized in `new`; the arena lives as long as its spans.
        unsafe { self.run.arena.bits(bitmap, self.run.first * BITMAP_WORDS_PER_PAGE + word) }
    }

    /// Reads a bitmap word. Relaxed: what orders it with its writers is a lock, a stop, or the sweep state.
    pub(super) fn load(&self, bitmap: Bitmap, word: usize) -> u64 {
        self.bits(bitmap, word).load(Ordering::Relaxed)
    }

    /// Adds bits to a bitmap word that others may be changing. Relaxed: as for [`load`](Self::load).
    pub(super) fn add(&self, bitmap: Bitmap, word: usize, bits: u64) {
        self.bits(bitmap, word).fetch_or(bits, Ordering::Relaxed);
    }

    /// Removes bits from a bitmap word that others may be changing. Relaxed: as for [`load`](Self::load).
    pub(super) fn remove(&self, bitmap: Bitmap, word: usize, bits: u64) {
        self.bits(bitmap, word).fetch_and(!bits, Ordering::Relaxed);
    }

    /// Writes a bitmap word that nobody else writes. Relaxed: as for [`load`](Self::load).
    pub(super) fn store(&self, bitmap: Bitmap, word: usize, bits: u64) {
        self.bits(bitmap, word).store(bits, Ordering::Relaxed);
    }

    /// The first word that nobody has claimed. Relaxed: see Access 4.
    pub(super) fn next_word(&self) -> usize {
        self.next_word.load(Ordering::Relaxed)
    }

    pub(super) fn set_next_word(&self, word: usize) {
        self.next_word.store(word, Ordering::Relaxed);
    }

    /// Claims the next word that has free slots: the word and its free slots.
    pub(super) fn claim_word(&self) -> Option<(usize, u64)> {
        let mut next = self.next_word();
        let mut found = None;
        while next < self.n_words() && found.is_none() {
            let free = self.slots_of_word(next) & !self.load(Bitmap::Allocs, next);
            found = (free != 0).then_some((next, free));
            next += 1;
        }
        self.set_next_word(next);
        found
    }

    /// Whether no slot is taken and none is claimed.
    pub(super) fn is_empty(&self) -> bool {
        self.next_word() == 0 && (0..self.n_words()).all(|word| self.load(Bitmap::Allocs, word) == 0)
    }

    /// The class.
    pub(crate) fn class(&self) -> &Class {
        // SAFETY: classes outlive their spans.
        unsafe { self.class.as_ref() }
    }

    /// Asserts invariants 1 to 3, and 4 if the span is swept and the world runs. The class's lock is held.
    pub(super) fn check(&self, marks_clear: bool) {
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
            // Doomed first: a destructor that ends meanwhile clears doomed before allocs.
            let [doomed, marks, allocs] =
                [Bitmap::Doomed, Bitmap::Marks, Bitmap::Allocs].map(|bitmap| self.load(bitmap, word));
            assert_eq!((marks | allocs | doomed) & !self.slots_of_word(word), 0, "span invariant 2");
            assert_eq!(doomed & !allocs, 0, "span invariant 3");
            assert!(marks == 0 || !marks_clear, "span invariant 4");
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

    /// Bytes of the slot.
    #[inline]
    pub(crate) fn bytes(self) -> usize {
        match self.entry.slot_bytes {
            0 => self.span().slot_bytes(),
            bytes => bytes as usize,
        }
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
    pub(crate) fn span<'a>(self) -> &'a Span {
        // SAFETY: the page belongs to a span.
        let span = unsafe { self.arena.span(self.entry.first_page as usize) };
        // SAFETY: it lives as long as the object that the slot was found by.
        unsafe { &*span }
    }
}
