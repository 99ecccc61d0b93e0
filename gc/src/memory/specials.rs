//! Special records and spans: adding and finding records, what a sweep does with them, what marking visits.
//!
//! The records of a span have a lock. Who adds or finds one holds it; the sweep holds it while it handles those of dead
//! objects. Nobody needs the span to be swept first: an object that one has a pointer to is alive, and the sweep leaves
//! its records where they are.
//!
//! Marking visits the spans in one list: those that have records. A span enters it with its first record; it leaves it
//! when a sweep finds no record left, and so never while marking looks.

use core::ptr::NonNull;

use super::Memory;
use super::arena::Arena;
use super::class::Class;
use super::span::Span;
use super::span_list::{NOWHERE, RECORDS, SpanList};
use super::span_pool::Acquaintance;
use super::sweep::ones;
use crate::object::DropKind;
use crate::owned::{Owned, summand};
use crate::special::{Cleanup, Fate, Finalizer, Handle, Kept, Pending, Pin, Profiler, Queue, Records};
use crate::stats::Stats;
use crate::sync::{Arc, AtomicU64, AtomicUsize, Mutex, Ordering, Rank};

/// Spans that are visited at once.
const SHARD_SPANS: usize = 16;
/// Entries of the queue that are visited at once.
const SHARD_ENTRIES: usize = 1024;

/// What is known of single objects of a heap.
#[derive(Debug)]
pub(crate) struct Specials {
    /// Spans that have records, or had some when they were swept last.
    spans: Mutex<SpanList<RECORDS>>,
    queue: Mutex<Queue>,
    /// Entries of the queue: a hint.
    n_pending: AtomicUsize,
    /// Cleanups that were ever added.
    cleanups: AtomicUsize,
    /// Pins that have not ended.
    pins: AtomicU64,
    pub(crate) profiler: Profiler,
}

// SAFETY: spans are shared, and the list is locked.
unsafe impl Send for Specials {}
// SAFETY: as above.
unsafe impl Sync for Specials {}

/// Which cleanup.
#[derive(Clone, Debug)]
pub(crate) struct CleanupId {
    /// The span of the object, which may be another one by now.
    span: NonNull<Span>,
    _acquaintance: Acquaintance,
    /// Never used again.
    pub(crate) number: usize,
}

// SAFETY: descriptors of spans belong to no thread.
unsafe impl Send for CleanupId {}
// SAFETY: as above.
unsafe impl Sync for CleanupId {}

/// What a sweep of records has made due.
#[derive(Debug, Default)]
pub(super) struct Due {
    pub(super) now: Vec<Pending>,
    pub(super) after_destructors: Vec<Pending>,
}

impl Specials {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            spans: Mutex::new(Rank::SpansWithRecords, SpanList::default()),
            queue: Mutex::new(Rank::Queue, Queue::default()),
            n_pending: AtomicUsize::new(0),
            cleanups: AtomicUsize::new(0),
            pins: AtomicU64::new(0),
            profiler: Profiler::new(),
        })
    }

    /// Adds what is due to the queue.
    pub(super) fn queue(&self, due: Vec<Pending>) {
        if !due.is_empty() {
            let mut queue = self.queue.lock();
            queue.extend(due);
            self.note_pending(&queue);
        }
    }

    /// Takes the next finalizers and cleanups that are due, some at most. Inside a mutation: a cycle must not miss the
    /// objects.
    pub(crate) fn next_pending(&self, at_most: usize) -> Vec<Pending> {
        let mut queue = self.queue.lock();
        let next = queue.pop(at_most);
        self.note_pending(&queue);
        next
    }

    fn note_pending(&self, queue: &Queue) {
        // Relaxed: a hint, which is right for who has waited for the thread that made something due.
        self.n_pending.store(queue.len(), Ordering::Relaxed);
    }

    /// Pins that have not ended. Relaxed: a counter.
    pub(crate) fn n_pins(&self) -> u64 {
        self.pins.load(Ordering::Relaxed)
    }

    /// Takes out everything that is due: the heap has ended.
    pub(crate) fn take_pending(&self) -> impl Iterator<Item = Pending> + use<> {
        self.queue.lock().take_all().into_iter()
    }

    /// How many finalizers and cleanups are due. Relaxed: see `note_pending`.
    pub(crate) fn n_pending(&self) -> usize {
        self.n_pending.load(Ordering::Relaxed)
    }

    /// Adds what is known to a snapshot.
    pub(super) fn add_to(&self, stats: &mut Stats) {
        stats.pins = self.n_pins();
        let queue = self.queue.lock();
        (stats.finalizers_queued, stats.cleanups_queued) = (queue.finalizers_queued, queue.cleanups_queued);
    }

    /// Parts that marking visits one by one. None goes while the world is stopped.
    pub(crate) fn n_shards(&self) -> usize {
        self.n_span_shards() + self.queue.lock().len().div_ceil(SHARD_ENTRIES)
    }

    fn n_span_shards(&self) -> usize {
        self.spans.lock().as_slice().len().div_ceil(SHARD_SPANS)
    }

    /// Calls `each` with what is to be marked because of records, or of what is due.
    pub(crate) fn visit(&self, shard: usize, each: &mut dyn FnMut(Kept)) {
        let n_span_shards = self.n_span_shards();
        if let Some(shard) = shard.checked_sub(n_span_shards) {
            self.queue.lock().objects(shard * SHARD_ENTRIES, SHARD_ENTRIES).map(Kept::object).for_each(each);
            return;
        }
        let first = shard * SHARD_SPANS;
        let spans: Vec<_> =
            self.spans.lock().as_slice().iter().skip(first).take(SHARD_SPANS).copied().collect();
        for span in spans {
            // SAFETY: spans in the list are alive, and none leaves it while the world is stopped.
            let span = unsafe { span.as_ref() };
            if let Some(records) = &*span.records.lock() {
                records.handles().map(|handle| Kept::object(handle.cast())).for_each(&mut *each);
                let start = span.start().as_ptr();
                records
                    .finalized()
                    .map(|offset| Kept::Contents(start.wrapping_add(offset)))
                    .for_each(&mut *each);
            }
        }
    }

    /// The objects whose finalizers are due.
    pub(crate) fn due_objects(&self) -> Vec<NonNull<u8>> {
        self.queue.lock().objects(0, usize::MAX).collect()
    }

    /// Gives up room in lists that were longer once.
    pub(super) fn shrink(&self) {
        self.spans.lock().shrink();
        self.queue.lock().shrink();
    }
}

impl Memory {
    /// The span of an object.
    ///
    /// # Safety
    ///
    /// The address lies in an object of this heap, which lives as long as the result is used.
    #[inline]
    pub(super) unsafe fn span_of(&self, address: *const u8) -> &Span {
        let arena = match self.huge_arena_of(address) {
            Some(arena) => arena,
            // SAFETY: not in a huge arena; the caller's duty.
            None => unsafe { Arena::containing(address) },
        };
        // Most pages of a huge arena lie beyond the entries; those that have one are equal.
        let page = arena.page_of(address).min(crate::layout::ARENA_PAGES - 1);
        // SAFETY: the page belongs to the span of the object.
        let span = unsafe { arena.span(page) };
        // SAFETY: an object keeps its span.
        unsafe { &*span }
    }

    #[inline]
    fn huge_arena_of(&self, address: *const u8) -> Option<Arena> {
        if self.huge.may_hold(address.addr()) { self.pages.lock().huge_arena_of(address) } else { None }
    }

    /// Runs `f` on the records of an object's span, with the offset of the address.
    ///
    /// # Safety
    ///
    /// As for [`span_of`](Self::span_of).
    unsafe fn with_records<R>(&self, address: NonNull<u8>, f: impl FnOnce(&mut Records, usize) -> R) -> R {
        // SAFETY: the caller's duty.
        let span = unsafe { self.span_of(address.as_ptr()) };
        self.with_records_of(span, |records| f(records, span.offset_of(address.as_ptr())))
    }

    /// Runs `f` on the records of a span.
    fn with_records_of<R>(&self, span: &Span, f: impl FnOnce(&mut Records) -> R) -> R {
        let mut records = span.records.lock();
        let records = records.get_or_insert_with(|| {
            self.specials.spans.lock().push(NonNull::from(span));
            Box::new(Records::new(span.cut()))
        });
        f(records)
    }

    /// The handle of weak pointers to an address. If it has none, `make` is to move one into an object of its own,
    /// under a lock; `None` if that gives none.
    ///
    /// # Safety
    ///
    /// The address lies in an object of this heap that the caller keeps; what `make` gives is an object of this heap.
    pub(crate) unsafe fn handle(
        &self,
        address: NonNull<u8>,
        make: impl FnOnce(Handle) -> Option<NonNull<Handle>>,
    ) -> Option<NonNull<Handle>> {
        // SAFETY: the caller's duty.
        let span = unsafe { self.span_of(address.as_ptr()) };
        let make = || make(Handle::new(address, NonNull::from(span).cast()));
        self.with_records_of(span, |records| records.handle(span.offset_of(address.as_ptr()), make))
    }

    /// Makes a finalizer for an address, unless it has one; calls `make` once at most. Of no type, so that it is there
    /// once.
    ///
    /// # Safety
    ///
    /// As for [`handle`](Self::handle).
    pub(crate) unsafe fn set_finalizer(&self, address: NonNull<u8>, make: &mut dyn FnMut() -> Finalizer) {
        // SAFETY: the caller's duty.
        unsafe { self.with_records(address, |records, offset| records.set_finalizer(offset, make)) }
    }

    /// Takes the finalizer of an address out.
    ///
    /// # Safety
    ///
    /// As for [`handle`](Self::handle).
    pub(crate) unsafe fn take_finalizer(&self, address: NonNull<u8>) -> Option<Finalizer> {
        // SAFETY: the caller's duty.
        let span = unsafe { self.span_of(address.as_ptr()) };
        span.records.lock().as_mut()?.take_finalizer(span.offset_of(address.as_ptr()))
    }

    /// Adds a cleanup to an address.
    ///
    /// # Safety
    ///
    /// As for [`handle`](Self::handle).
    pub(crate) unsafe fn add_cleanup(&self, address: NonNull<u8>, cleanup: Cleanup) -> CleanupId {
        // SAFETY: the caller's duty.
        let span = NonNull::from(unsafe { self.span_of(address.as_ptr()) });
        let _acquaintance = self.spare_spans.acquaintance();
        // Relaxed: only uniqueness matters.
        let number = self.specials.cleanups.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's duty.
        unsafe { self.with_records(address, |records, offset| records.add_cleanup(number, offset, cleanup)) };
        CleanupId { span, _acquaintance, number }
    }

    /// Takes a cleanup out, if it is not due yet.
    ///
    /// # Safety
    ///
    /// The cleanup is of this heap, which has its memory.
    pub(crate) unsafe fn take_cleanup(&self, id: &CleanupId) -> Option<Cleanup> {
        // SAFETY: the descriptor is not freed as long as the id exists; the caller's duty.
        let records = unsafe { Span::records(id.span) };
        records.lock().as_mut()?.take_cleanup(id.number)
    }

    /// Samples the object that the caller is about to make in a slot.
    ///
    /// # Safety
    ///
    /// The slot is of this heap and class, and claimed by the calling thread.
    #[cold]
    pub(crate) unsafe fn sample(&self, slot: NonNull<u8>, class: &Class) {
        let sample = self.specials.profiler.note_allocated(class.slot_bytes, class.type_name());
        // SAFETY: a slot that is claimed keeps its span.
        unsafe { self.with_records(slot, |records, offset| records.add_sample(offset, sample)) };
    }

    /// Forgets the sample of an object that was not made after all.
    pub(super) fn unsample(&self, span: &Span, slot: NonNull<u8>) {
        let offset = span.offset_of(slot.as_ptr());
        let sample = span.records.lock().as_mut().and_then(|records| records.take_sample(offset));
        if let Some(sample) = sample {
            self.specials.profiler.note_unmade(&sample);
        }
    }

    /// Pins an object once more. `make` gives the first pin. Of no type, as above.
    ///
    /// # Safety
    ///
    /// As for [`handle`](Self::handle).
    pub(crate) unsafe fn pin(&self, address: NonNull<u8>, make: &mut dyn FnMut() -> Pin) {
        // Relaxed: a counter.
        self.specials.pins.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's duty.
        let object = unsafe { self.object_of(address) };
        // SAFETY: the start of the same object.
        unsafe { self.with_records(object, |records, offset| records.pin(offset, make)) }
    }

    /// Ends one pin of an object; the last one comes out.
    ///
    /// # Safety
    ///
    /// The address lies in an object of this heap that is pinned, by a pin of the caller's.
    pub(crate) unsafe fn unpin(&self, address: NonNull<u8>) -> Option<Pin> {
        // Relaxed: as above.
        self.specials.pins.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: a pin keeps its object.
        let object = unsafe { self.object_of(address) };
        // SAFETY: the start of the same object.
        unsafe { self.with_records(object, Records::unpin) }
    }

    /// How often an object is pinned.
    ///
    /// # Safety
    ///
    /// As for [`handle`](Self::handle).
    pub(crate) unsafe fn pin_count(&self, address: NonNull<u8>) -> u64 {
        // SAFETY: the caller's duty.
        let object = unsafe { self.object_of(address) };
        // SAFETY: the start of the same object.
        let span = unsafe { self.span_of(object.as_ptr()) };
        let offset = span.offset_of(object.as_ptr());
        span.records.lock().as_ref().map_or(0, |records| records.pin_count(offset))
    }

    /// Runs `each` on the address and pin of every object that is pinned.
    pub(crate) fn each_pin(&self, mut each: impl FnMut(*const u8, &Pin)) {
        self.each_records(|start, records| {
            records.pins().for_each(|(offset, pin)| each(start.wrapping_add(offset), pin));
        });
    }

    /// The addresses that have a finalizer which is not due, each with what the finalizer takes the object for.
    pub(crate) fn finalized(&self) -> Vec<(*const u8, &'static str)> {
        let mut all = Vec::new();
        self.each_records(|start, records| {
            let each = |(offset, finalizer): (usize, &Finalizer)| {
                (start.wrapping_add(offset).cast_const(), finalizer.0.type_name())
            };
            all.extend(records.finalizers().map(each));
        });
        all
    }

    /// Runs `each` on the start and the records of every span that has some. No such span is given up meanwhile.
    pub(super) fn each_records(&self, mut each: impl FnMut(*mut u8, &Records)) {
        let _acquaintance = self.spare_spans.acquaintance();
        // The lock of the list comes after those of records.
        let spans = self.specials.spans.lock().as_slice().to_vec();
        for span in spans {
            // SAFETY: descriptors are not freed meanwhile; a span that has no records any more may be another one by
            // now.
            let records = unsafe { Span::records(span) }.lock();
            if let Some(records) = &*records {
                // SAFETY: a span with records is alive as long as they are locked.
                each(unsafe { span.as_ref() }.start().as_ptr(), records);
            }
        }
    }

    /// The start of the object that an address is in.
    ///
    /// # Safety
    ///
    /// As for [`span_of`](Self::span_of).
    unsafe fn object_of(&self, address: NonNull<u8>) -> NonNull<u8> {
        // SAFETY: the caller's duty.
        let span = unsafe { self.span_of(address.as_ptr()) };
        let slot = span.slot(span.slot_at(span.offset_of(address.as_ptr())));
        // SAFETY: a slot of a span, which does not start at null.
        unsafe { NonNull::new_unchecked(slot) }
    }

    /// Handles the records of dead objects; a finalizer marks its object, so that it is not dead. The caller has begun to
    /// sweep the span.
    pub(super) fn sweep_records(&self, span: &Span, class: &Class) -> Due {
        // Relaxed: records of dead objects were added before the last stop.
        if span.places[RECORDS].load(Ordering::Relaxed) == NOWHERE {
            return Due::default();
        }
        let mut guard = span.records.lock();
        let Some(records) = &mut *guard else { return Due::default() };
        let bit_of = |offset| {
            let slot = span.slot_at(offset);
            (slot / 64, 1_u64 << (slot % 64))
        };
        let is_reached = |offset| {
            let (word, bit) = bit_of(offset);
            // Relaxed: see the access rules of spans.
            span.slot_word(word).marks.load(Ordering::Relaxed) & bit != 0
        };
        let finalizers = records.take_unreachable(is_reached);
        let mut revived = vec![0_u64; if finalizers.is_empty() { 0 } else { span.n_words() }];
        for (offset, _) in &finalizers {
            let (word, bit) = bit_of(*offset);
            revived[word] |= bit;
        }
        let fate = |offset| {
            let (word, bit) = bit_of(offset);
            match () {
                () if is_reached(offset) => Fate::Alive,
                () if revived.get(word).is_some_and(|bits| bits & bit != 0) => Fate::Revived,
                () => Fate::Dead,
            }
        };
        let cleanups = records.settle(fate);
        let dead_samples = records.take_dead_samples(|offset| fate(offset) == Fate::Dead);
        for (word, &bits) in revived.iter().enumerate() {
            span.slot_word(word).mark(bits);
            if class.owns_changing
                && let Some(owned) = class.owned
            {
                // What was not marked was not asked.
                let slots = ones(bits).map(|bit| span.slot(word * 64 + bit));
                // SAFETY: objects that nothing reaches yet.
                let all = slots.map(|slot| summand(unsafe { owned(slot) })).sum();
                self.counters.owned.note(Owned::Changing, all);
            }
        }
        if records.is_empty() {
            *guard = None;
            self.specials.spans.lock().remove(NonNull::from(span));
        }
        drop(guard);
        self.specials.profiler.note_dead(&dead_samples);
        due(span, class, finalizers, cleanups)
    }

    /// The records of a span that is given up are none; it leaves the list.
    pub(super) fn unlist_records(&self, span: &Span) {
        let mut records = span.records.lock();
        debug_assert!(records.as_ref().is_none_or(|records| records.is_empty()), "records of no object");
        if records.take().is_some() {
            self.specials.spans.lock().remove(NonNull::from(span));
        }
    }

    /// Takes all records out: the heap has ended.
    pub(crate) fn take_records(&self) -> Vec<Records> {
        let spans: Vec<_> = self.specials.spans.lock().as_slice().to_vec();
        // SAFETY: spans in the list are alive; nobody sweeps.
        let records = spans.into_iter().filter_map(|span| unsafe { span.as_ref() }.records.lock().take());
        let records = records.map(|records| *records).collect();
        self.specials.spans.lock().clear();
        records
    }
}

/// What is due, finalizers first, by address.
fn due(span: &Span, class: &Class, finalizers: Vec<(usize, Finalizer)>, cleanups: Vec<Cleanup>) -> Due {
    let revive = |(offset, finalizer)| {
        // SAFETY: a record lies in its span, which does not start at null.
        let object = unsafe { NonNull::new_unchecked(span.start().as_ptr().wrapping_add(offset)) };
        Pending::Finalizer(object, finalizer)
    };
    let mut due = Due { now: finalizers.into_iter().map(revive).collect(), after_destructors: Vec::new() };
    let waiting = if class.drop_kind == DropKind::User { &mut due.after_destructors } else { &mut due.now };
    waiting.extend(cleanups.into_iter().map(Pending::Cleanup));
    due
}
