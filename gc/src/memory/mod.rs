//! Memory: how objects get their slots and slots their pages.
//!
//! 1. A type's [`TypeInfo`] leads to its [`Class`], by content.
//! 2. A mutator claims some free slots of a bitmap word of a span of the class, or of several words in a row. It bumps
//!    through them in runs, without lock or search, and commits or gives back what it claimed at the next stop.
//! 3. When no swept span of the class has free slots, one is swept; when none is left to sweep, the class gets a
//!    new span from the page heap, which reserves an arena when it has no run of pages long enough.
//! 4. After a cycle has marked, every span is to be swept ([`sweep`]): by whoever needs its slots, by the heap's
//!    service thread, or by `collect`.
//! 5. A span found empty returns its pages.
//!
//! Each class has a lock of its own (`Rank::Class`), and so has the page heap (`Rank::Pages`); what lies outside,
//! the bitmaps and page entries, states its own access rules ([`span`], [`arena`]).

mod address_map;
mod arena;
mod birth;
mod census;
mod class;
#[cfg(feature = "capi")]
mod found;
mod numbering;
mod page_heap;
mod room;
mod scan;
mod slot_word;
mod span;
mod span_list;
mod span_pool;
mod specials;
mod sweep;
mod sweep_state;
#[cfg(all(test, loom))]
mod tests_loom;
mod verify;

pub(crate) use address_map::{AddressMap, Slot};
pub(crate) use arena::{Bitmap, PageEntry};
pub(crate) use census::ClassCount;
pub(crate) use class::{Claim, Class};
#[cfg(feature = "capi")]
pub(crate) use found::KnownArenas;
pub(crate) use numbering::{NumberedObject, Numbering};
pub(crate) use scan::Scan;
pub(crate) use specials::{CleanupId, Specials};
pub(crate) use sweep::DeadSlots;
pub(crate) use sweep_state::Generation;
pub(crate) use verify::World;

use core::ptr::NonNull;
use std::collections::HashMap;

use crate::error::AllocErrorKind;
use crate::layout::PAGE_BYTES;
use crate::object::TypeInfo;
use crate::owned::Owned;
use crate::stats::{Counters, Stats};
use crate::sync::{Arc, AtomicU64, AtomicUsize, Mutex, Ordering, Rank};
use birth::Birth;
use class::{Content, Spans};
use page_heap::PageHeap;
use span_pool::SpanPool;

/// The classes of a heap. They live as long as the heap's memory.
#[derive(Debug, Default)]
struct Classes {
    #[expect(clippy::vec_box, reason = "mutators and spans point at classes, which must not move")]
    all: Vec<Box<Class>>,
    by_content: HashMap<Content, usize>,
}

/// Where the arenas of huge objects may lie. Only ever wider.
#[derive(Debug)]
struct HugeBounds {
    start: AtomicUsize,
    end: AtomicUsize,
}

impl Default for HugeBounds {
    fn default() -> Self {
        Self { start: AtomicUsize::new(usize::MAX), end: AtomicUsize::new(0) }
    }
}

impl HugeBounds {
    /// Notes pages of a new span. Relaxed: whoever has an address in it has got it from who made the span.
    fn note(&self, run: &page_heap::PageRun) {
        if run.is_huge() {
            let start = run.arena.base().addr();
            self.start.fetch_min(start, Ordering::Relaxed);
            self.end.fetch_max(start + (run.first + run.n_pages) * PAGE_BYTES, Ordering::Relaxed);
        }
    }

    #[inline]
    fn may_hold(&self, address: usize) -> bool {
        (self.start.load(Ordering::Relaxed)..self.end.load(Ordering::Relaxed)).contains(&address)
    }
}

/// All memory of a heap.
#[derive(Debug)]
pub(crate) struct Memory {
    classes: Mutex<Classes>,
    pages: Mutex<PageHeap>,
    /// Of which so many are in use. Written under the lock.
    pages_in_use: AtomicUsize,
    /// Where the arenas of huge objects may lie.
    huge: HugeBounds,
    spare_spans: SpanPool,
    /// What is known of single objects.
    pub(crate) specials: Arc<Specials>,
    /// Grows by two when a cycle has marked. Written while the world is stopped.
    generation: AtomicU64,
    /// Spans that are not swept.
    unswept: AtomicUsize,
    /// Objects whose destructors have to run.
    doomed: Mutex<Vec<DeadSlots>>,
    pub(crate) counters: Counters,
    /// The colour of new objects.
    pub(crate) birth: Birth,
    /// Bytes of pages that may be in use.
    limit_bytes: usize,
    /// Whether types of equal content have classes of their own. Then a mutator looks up the class of every object.
    pub(crate) tells_apart: bool,
}

impl Memory {
    pub(crate) fn new(limit_bytes: usize, tells_apart: bool) -> Self {
        Self {
            classes: Mutex::new(Rank::Classes, Classes::default()),
            pages: Mutex::new(Rank::Pages, PageHeap::default()),
            pages_in_use: AtomicUsize::new(0),
            huge: HugeBounds::default(),
            spare_spans: SpanPool::new(),
            specials: Specials::new(),
            generation: AtomicU64::new(0),
            unswept: AtomicUsize::new(0),
            doomed: Mutex::new(Rank::Doomed, Vec::new()),
            counters: Counters::default(),
            birth: Birth::default(),
            limit_bytes,
            tells_apart,
        }
    }

    /// The class of this content.
    pub(crate) fn class_of(&self, info: &TypeInfo, slot_bytes: usize) -> &Class {
        let mut classes = self.classes.lock();
        let Classes { all, by_content } = &mut *classes;
        let content = Content::new(info, slot_bytes, self.tells_apart);
        let index = *by_content.entry(content.clone()).or_insert_with(|| {
            let number = all.len();
            all.push(Box::new(Class::new(number, content, info, self.generation())));
            number
        });
        let class: *const Class = &raw const *all[index];
        // SAFETY: classes are boxed and never removed while `self` exists.
        unsafe { &*class }
    }

    /// All classes at this moment.
    pub(crate) fn all_classes(&self) -> Vec<&Class> {
        let classes = self.classes.lock();
        let pointers = classes.all.iter().map(|class| core::ptr::from_ref::<Class>(class));
        // SAFETY: as in `class_of`.
        pointers.map(|class| unsafe { &*class }).collect()
    }

    /// Claims at most `most` free slots, sweeping or adding a span if need be. Those of words after the claim's are added
    /// to `later`, as [`Claim::later`] takes them: the next word's last.
    ///
    /// # Errors
    ///
    /// The limit is reached, or the system gives no memory.
    pub(crate) fn claim(
        &self,
        class: &Class,
        most: u32,
        later: &mut Vec<u64>,
    ) -> Result<Claim, AllocErrorKind> {
        debug_assert!(later.is_empty(), "what was claimed before was used or given back");
        let claim = loop {
            if let Some(claim) = class.claim(most, later) {
                break claim;
            }
            if self.sweep_for(class) || self.add_span(class, self.next_span_pages(class)).is_ok() {
                continue;
            }
            // Dead objects of other classes may hold the pages, and other threads may be sweeping spans of this one.
            self.sweep_all();
            if let Some(claim) = class.claim(most, later) {
                break claim;
            }
            // Near the limit the smallest span will do.
            self.add_span(class, class.slot_bytes.div_ceil(PAGE_BYTES))?;
        };
        let n: u64 =
            core::iter::once(&claim.slots).chain(&*later).map(|slots| u64::from(slots.count_ones())).sum();
        self.counters.note_claimed(n * class.slot_bytes as u64);
        Ok(claim)
    }

    /// Marks new objects of a claim: they are born black.
    ///
    /// # Safety
    ///
    /// As for [`Claim::commit`], which follows before the world is stopped; a cycle is marking.
    pub(crate) unsafe fn mark_new(&self, claim: &Claim, class: &Class, slots: u64) {
        // SAFETY: the caller's duty.
        unsafe { claim.mark(slots) };
        self.birth.note(u64::from(slots.count_ones()), class.slot_bytes as u64);
    }

    /// Makes a slot free that was taken and holds no object after all.
    ///
    /// # Safety
    ///
    /// It was taken in the mutation that the thread has open, by a claim that has ended; it holds nothing with drop
    /// glue, and nothing refers to it.
    pub(crate) unsafe fn unmake(&self, slot: NonNull<u8>) {
        // SAFETY: a slot that is taken keeps its span.
        let span = unsafe { self.span_of(slot.as_ptr()) };
        let (class, index) = (span.class(), span.slot_at(span.offset_of(slot.as_ptr())));
        self.unsample(span, slot);
        // SAFETY: the caller's duty: it is no object.
        unsafe { crate::zeal::poison(slot.as_ptr(), class.slot_bytes) };
        // No sweep is near: the span was swept when the slot was claimed, and stays so as long as the mutation lasts.
        let free = Claim::new(span, index / 64, 1 << (index % 64));
        span.slot_word(free.word).unmake(free.slots);
        if self.birth.is_black() {
            self.birth.forget(class.slot_bytes as u64);
        }
        self.counters.note_unmade(class.slot_bytes as u64);
        class.give_back([free]);
    }

    /// Which sum counts what the object in a slot owns.
    ///
    /// # Safety
    ///
    /// The slot is taken, and stays so.
    pub(crate) unsafe fn owned_kind(&self, slot: NonNull<u8>) -> Owned {
        // SAFETY: a slot that is taken keeps its span.
        unsafe { self.span_of(slot.as_ptr()) }.class().owned_kind()
    }

    fn add_span(&self, class: &Class, n_pages: usize) -> Result<(), AllocErrorKind> {
        let run = self.take_pages(n_pages)?;
        // SAFETY: the pages are ours, and classes live as long as the heap.
        let span = unsafe { self.spare_spans.take(run, class, self.generation()) };
        let mut spans = class.lock();
        spans.all.push(span);
        spans.partial.push(span);
        Ok(())
    }

    /// The way from addresses to slots and classes, as things are now.
    pub(crate) fn map(&self) -> AddressMap {
        let classes = self.all_classes().into_iter().map(Scan::of).collect();
        let pages = self.pages.lock();
        AddressMap::new(classes, pages.arenas(), pages.huge_arenas())
    }

    /// What memory knows of itself.
    pub(crate) fn stats(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.counters;
        let pages = self.pages.lock();
        let mut stats = Stats {
            // Freed first: what is freed later was allocated before.
            objects_freed: read(&counters.objects_freed),
            bytes_freed: read(&counters.bytes_freed),
            objects_doomed: read(&counters.objects_doomed),
            bytes_doomed: read(&counters.bytes_doomed),
            objects_allocated: read(&counters.objects_allocated),
            bytes_allocated: read(&counters.bytes_allocated),
            owned_bytes: counters.owned.total(),
            owned_bytes_doomed: counters.owned.doomed(),
            class_misses: read(&counters.class_misses),
            sweep_time: counters.sweep_time(),
            spans: pages.runs_in_use(),
            bytes_in_use: pages.pages_in_use() * PAGE_BYTES,
            bytes_idle: pages.pages_idle() * PAGE_BYTES,
            bytes_returned: pages.pages_returned() * PAGE_BYTES,
            bytes_reserved: pages.reserved_bytes(),
            ..Stats::default()
        };
        drop(pages);
        self.specials.add_to(&mut stats);
        self.each_records(|_, records| records.add_to(&mut stats));
        stats
    }

    /// Bytes of pages in which objects may lie.
    pub(crate) fn bytes_in_use(&self) -> usize {
        self.pages.lock().pages_in_use() * PAGE_BYTES
    }

    /// Gives idle pages back to the system, but for `keep` bytes; how many bytes that were.
    pub(crate) fn trim(&self, keep: usize) -> usize {
        for class in self.all_classes() {
            class.lock().shrink();
        }
        self.doomed.lock().shrink_to_fit();
        self.specials.shrink();
        self.spare_spans.trim();
        self.pages.lock().trim(keep / PAGE_BYTES) * PAGE_BYTES
    }

    /// Relaxed: written while the world is stopped, which orders it for mutators; sweepers take locks.
    fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::Relaxed))
    }

    /// The last generation all of whose deaths are known to weak pointers. A hint, in a mutation.
    #[inline]
    pub(crate) fn known_deaths(&self) -> Generation {
        let behind = if self.n_unswept() == 0 { 0 } else { 2 };
        Generation(self.generation().0.wrapping_sub(behind))
    }

    /// Tells of a moment after which no thread will ask for a span that was given up, but for those acquainted with it.
    ///
    /// # Safety
    ///
    /// The world is stopped, and every span is swept.
    pub(crate) unsafe fn note_stop(&self) {
        // SAFETY: the caller's duty.
        unsafe { self.spare_spans.note_stop() };
    }

    /// Descriptors of spans that were given up.
    pub(crate) fn n_spare_spans(&self) -> usize {
        self.spare_spans.len()
    }

    /// Gives up all memory. Every object was dropped, and nobody will ask for anything.
    pub(crate) fn release_all(&self) {
        for class in self.all_classes() {
            let spans = core::mem::take::<Spans>(&mut class.lock());
            for &span in spans.all.as_slice() {
                self.spare_spans.adopt(span);
            }
        }
        self.spare_spans.free_all();
        *self.pages.lock() = PageHeap::default();
        self.pages_in_use.store(0, Ordering::Relaxed);
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.release_all();
    }
}
