//! Spans: runs of pages cut into equal slots, or one large object.
//!
//! # Invariants
//!
//! 1. Every page of the span (of a huge one: every page that has an entry) points at the span, and its entry
//!    leads to the span's first page and class, and thus from any address in the span to slot and bitmap word.
//! 2. Bits of slots that the span does not have are clear in every bitmap.
//! 3. Doomed slots are taken: `doomed ⊆ allocs`; when they are buried they are free first, and then not doomed any
//!    more, both under the lock of the class.
//! 4. No mark is set in a span that is swept, but while a cycle marks.
//! 5. In a span that is swept, every slot is taken, claimed by a mutator, listed as a free run of the class, or
//!    free in a word that nobody has claimed since (`next_word` and above); a span with such words is in the
//!    `partial` list.
//!
//! # Access
//!
//! Spans are only ever shared; all that changes is atomic.
//!
//! 1. Marks: while the world is stopped, the collector; after that, whoever sweeps the span.
//! 2. Allocs: mutators add the slots of their claims, all before the next stop, until which they may take some out
//!    again, with their marks; who sweeps the span removes those of the dead; who has run a destructor removes its
//!    slot, before it is no longer doomed.
//! 3. Doomed: who sweeps the span adds; who has run a destructor removes.
//! 4. The cursor `next_word` and the places in lists: the class's lock, and for the list of spans with records
//!    that list's. Records have a lock of their own. All else is fixed until the span is given up; after that its sweep
//!    state alone may be asked for ([`span_pool`](super::span_pool)).

use core::ptr::NonNull;

use super::arena::{Bitmap, PageEntry};
use super::class::Class;
use super::page_heap::PageRun;
use super::slot_word::SlotWord;
use super::span_list;
use super::sweep_state::{Generation, SweepState};
use crate::layout::{ARENA_PAGES, BITMAP_WORDS_PER_PAGE, PAGE_BYTES};
use crate::special::{Cut, Records};
use crate::sync::{AtomicU64, AtomicUsize, BriefMutex, Ordering, Rank};

/// A run of pages cut into equal slots, or one large object.
#[derive(Debug)]
pub(crate) struct Span {
    shape: Shape,
    /// Whether it is swept.
    sweep: SweepState,
    /// The first bitmap word that no mutator has claimed since the last sweep.
    next_word: AtomicUsize,
    /// Places in the lists of the class and of the heap ([`SpanList`](super::span_list::SpanList)).
    pub(super) places: [AtomicUsize; span_list::KINDS],
    /// What is known of single objects; none if there are no records, or were none when it was swept last.
    pub(super) records: BriefMutex<Option<Box<Records>>>,
}

/// What stays as it is until the span is given up.
#[derive(Debug)]
struct Shape {
    run: PageRun,
    /// The class, which outlives the span.
    class: NonNull<Class>,
    slot_bytes: usize,
    n_slots: usize,
}

impl Span {
    /// Cuts pages into slots and makes them known as a span, in place of one that is retired if there is one.
    ///
    /// # Safety
    ///
    /// The caller owns the pages and the retired span; `class` outlives the span.
    pub(super) unsafe fn new(
        retired: Option<NonNull<Self>>,
        run: PageRun,
        class: &Class,
        now: Generation,
    ) -> NonNull<Self> {
        let n_slots = if class.is_large() { 1 } else { run.n_pages * PAGE_BYTES / class.slot_bytes };
        let shape = Shape { run, class: NonNull::from(class), slot_bytes: class.slot_bytes, n_slots };
        let span = match retired {
            Some(span) => {
                // SAFETY: others look at nothing of a retired span but its sweep state and its lock of records.
                let place = unsafe { &raw mut (*span.as_ptr()).shape };
                // SAFETY: as above.
                unsafe { place.write(shape) };
                // SAFETY: as above; from now on the span is only shared.
                unsafe { span.as_ref() }.sweep.reuse(now);
                span
            }
            None => NonNull::from(Box::leak(Box::new(Self {
                shape,
                sweep: SweepState::swept(now),
                next_word: AtomicUsize::new(0),
                places: core::array::from_fn(|_| AtomicUsize::new(span_list::NOWHERE)),
                records: BriefMutex::new(Rank::Records, None),
            }))),
        };
        let entry = PageEntry::new(run.first, class.number);
        let last = (run.first + run.n_pages).min(ARENA_PAGES);
        for page in run.first..last {
            // SAFETY: the page is the caller's.
            unsafe { run.arena.set_page(page, entry, span.as_ptr()) };
        }
        for word in 0..n_slots.div_ceil(64) {
            for bitmap in [Bitmap::Marks, Bitmap::Allocs, Bitmap::Doomed] {
                // SAFETY: the pages are the caller's, and so are their bitmap words.
                unsafe { run.arena.clear_bits(bitmap, run.first * BITMAP_WORDS_PER_PAGE + word) };
            }
        }
        // SAFETY: no object is in the span yet.
        unsafe { crate::zeal::poison(run.arena.page(run.first), run.n_pages * PAGE_BYTES) };
        span
    }

    /// The span is given up: its pages. In no list, without objects, claims and records.
    pub(super) fn retire(&self) -> PageRun {
        let run = self.shape.run;
        debug_assert!(self.places.iter().all(|place| place.load(Ordering::Relaxed) == span_list::NOWHERE));
        debug_assert!(self.records.lock().is_none(), "a span without objects has no records");
        self.set_next_word(0);
        #[cfg(feature = "capi")]
        self.forget_pages();
        self.sweep.retire();
        run
    }

    /// Its pages lead to no span any more, so that any address can be asked for what is there.
    #[cfg(feature = "capi")]
    fn forget_pages(&self) {
        let run = self.run();
        for page in run.first..(run.first + run.n_pages).min(ARENA_PAGES) {
            // SAFETY: pages of a span that is given up are its own until they are given back.
            unsafe { run.arena.forget_page(page) };
        }
    }

    /// Whether a span is swept.
    ///
    /// # Safety
    ///
    /// The descriptor was not freed. The span may have been given up.
    #[inline]
    pub(super) unsafe fn sweep<'a>(span: NonNull<Self>) -> &'a SweepState {
        // SAFETY: the caller's duty. Not by a reference to the span: its shape may be changing.
        unsafe { &(*span.as_ptr()).sweep }
    }

    /// What is known of single objects of a span.
    ///
    /// # Safety
    ///
    /// As for [`sweep`](Self::sweep).
    pub(super) unsafe fn records<'a>(span: NonNull<Self>) -> &'a BriefMutex<Option<Box<Records>>> {
        // SAFETY: as in `sweep`.
        unsafe { &(*span.as_ptr()).records }
    }

    /// Whether it is swept.
    pub(super) fn sweep_state(&self) -> &SweepState {
        &self.sweep
    }

    /// The offset of an address in the span.
    pub(super) fn offset_of(&self, address: *const u8) -> usize {
        address.addr() - self.start().addr().get()
    }

    /// First address.
    pub(super) fn start(&self) -> NonNull<u8> {
        // SAFETY: pages do not start at null.
        unsafe { NonNull::new_unchecked(self.run().arena.page(self.run().first)) }
    }

    /// How it is cut.
    pub(super) fn cut(&self) -> Cut {
        Cut { slot_bytes: self.shape.slot_bytes, n_slots: self.shape.n_slots }
    }

    /// The slot of an offset.
    pub(super) fn slot_at(&self, offset: usize) -> usize {
        if self.shape.n_slots == 1 { 0 } else { offset / self.shape.slot_bytes }
    }

    pub(super) fn run(&self) -> PageRun {
        self.shape.run
    }

    /// Bitmap words that the slots take.
    pub(super) fn n_words(&self) -> usize {
        self.shape.n_slots.div_ceil(64)
    }

    /// The bits of a word that stand for slots.
    pub(super) fn slots_of_word(&self, word: usize) -> u64 {
        let left = self.shape.n_slots - word * 64;
        if left >= 64 { u64::MAX } else { (1 << left) - 1 }
    }

    /// Address of a slot.
    pub(super) fn slot(&self, index: usize) -> *mut u8 {
        debug_assert!(index < self.shape.n_slots);
        self.shape.run.arena.page(self.shape.run.first).wrapping_add(index * self.shape.slot_bytes)
    }

    /// A word of one of the span's bitmaps.
    pub(super) fn bits(&self, bitmap: Bitmap, word: usize) -> &AtomicU64 {
        debug_assert!(word < self.n_words());
        // SAFETY: initialized in `new`; the arena lives as long as its spans.
        unsafe { self.shape.run.arena.bits(bitmap, self.shape.run.first * BITMAP_WORDS_PER_PAGE + word) }
    }

    /// Reads a bitmap word. Relaxed: what orders it with its writers is a lock, a stop, or the sweep state.
    pub(super) fn load(&self, bitmap: Bitmap, word: usize) -> u64 {
        self.bits(bitmap, word).load(Ordering::Relaxed)
    }

    /// A word of all three.
    pub(super) fn slot_word(&self, word: usize) -> SlotWord<'_> {
        SlotWord {
            marks: self.bits(Bitmap::Marks, word),
            allocs: self.bits(Bitmap::Allocs, word),
            doomed: self.bits(Bitmap::Doomed, word),
        }
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
            let free = self.slot_word(next).free(self.slots_of_word(next));
            found = (free != 0).then_some((next, free));
            next += 1;
        }
        self.set_next_word(next);
        found
    }

    /// Claims words after those that are claimed, as many as have at most `most` free slots together: adds these, the next
    /// word's last.
    pub(super) fn claim_words_after(&self, mut most: u32, later: &mut Vec<u64>) {
        let mut next = self.next_word();
        while next < self.n_words() {
            let free = self.slot_word(next).free(self.slots_of_word(next));
            let Some(left) = most.checked_sub(free.count_ones()) else { break };
            later.push(free);
            (most, next) = (left, next + 1);
        }
        self.set_next_word(next);
        later.reverse();
    }

    /// Whether no slot is taken and none is claimed.
    pub(super) fn is_empty(&self) -> bool {
        self.next_word() == 0 && (0..self.n_words()).all(|word| self.load(Bitmap::Allocs, word) == 0)
    }

    /// The class.
    pub(crate) fn class(&self) -> &Class {
        // SAFETY: classes outlive their spans.
        unsafe { self.shape.class.as_ref() }
    }

    /// Asserts invariants 1 to 3, and 4 if it has to hold: the span is swept, and nobody marks. The class's lock is held.
    pub(super) fn check(&self, marks_clear: bool) {
        let last = (self.shape.run.first + self.shape.run.n_pages).min(ARENA_PAGES);
        let expected = PageEntry::new(self.shape.run.first, self.class().number);
        for page in self.shape.run.first..last {
            // SAFETY: the page belongs to this span.
            let entry = unsafe { self.shape.run.arena.entry(page) };
            // SAFETY: as above.
            let span = unsafe { self.shape.run.arena.span(page) };
            assert!(core::ptr::eq(span, self), "span invariant 1: page {page} points elsewhere");
            assert_eq!(entry, expected, "span invariant 1: page {page} leads elsewhere");
        }
        for word in 0..self.n_words() {
            // In any order: nothing is buried meanwhile, which takes the class's lock, and a sweep, which does not,
            // dooms only what is taken.
            let [doomed, marks, allocs] =
                [Bitmap::Doomed, Bitmap::Marks, Bitmap::Allocs].map(|bitmap| self.load(bitmap, word));
            assert_eq!((marks | allocs | doomed) & !self.slots_of_word(word), 0, "span invariant 2");
            assert_eq!(doomed & !allocs, 0, "span invariant 3");
            assert!(marks == 0 || !marks_clear, "span invariant 4");
        }
    }

    /// Asserts invariant 5 of a span that is swept, with what its class has listed of each word. Only when all claims
    /// have ended it is known which slots are claimed: none. The class's lock is held.
    pub(super) fn check_free_slots(&self, listed: impl Fn(usize) -> u64, partial: bool, claims_ended: bool) {
        for word in 0..self.n_words() {
            let (free, listed) = (self.slot_word(word).free(self.slots_of_word(word)), listed(word));
            if word < self.next_word() {
                assert_eq!(listed & !free, 0, "span invariant 5: a slot is listed and not free");
                assert!(
                    listed == free || !claims_ended,
                    "span invariant 5: a free slot of word {word} is lost"
                );
            } else {
                assert_eq!(listed, 0, "span invariant 5: a slot is listed and not claimed before");
                assert!(
                    free == 0 || partial,
                    "span invariant 5: word {word} has free slots and is not found"
                );
            }
        }
    }
}
