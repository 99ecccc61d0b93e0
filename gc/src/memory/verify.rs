//! The whole memory against a slow, obviously right second opinion.

use core::ptr::NonNull;
use std::collections::{HashMap, HashSet};

use super::Memory;
use super::arena::Bitmap;
use super::class::{Class, Spans};
use super::span::Span;
use super::span_list::{NOWHERE, RECORDS};
use super::sweep::ones;
use super::sweep_state::Progress;
use crate::layout::PAGE_BYTES;
use crate::object::DropKind;
use crate::owned::summand;
use crate::sync::Ordering;

/// What can be asserted besides what always holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum World {
    /// Mutators may have claims, and a cycle may be marking.
    Running,
    /// It is stopped and nobody marks: all claims have ended.
    Stopped,
}

/// What a class was found to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Recount {
    objects: u64,
    bytes: u64,
    /// What settled objects own; known while nobody changes or drops one.
    owned: u64,
    spans: usize,
    pages: usize,
}

impl Memory {
    /// Asserts every invariant of pages, classes and spans, and that the counters are what is there.
    ///
    /// # Panics
    ///
    /// An invariant does not hold: a fault of this crate, or an `unsafe impl Trace` that breaks its duties.
    pub(crate) fn verify(&self, world: World) {
        // While the world is stopped nobody makes work for a sweep or a destructor, so when there is none nobody else
        // changes anything. Acquire: pairs with the release in `note_buried`, which comes last: after the slots are free
        // and counted.
        let idle = self.n_unswept() == 0 && self.counters.objects_doomed.load(Ordering::Acquire) == 0;
        let mut contents = HashSet::new();
        let mut found = Recount::default();
        for (number, class) in self.all_classes().into_iter().enumerate() {
            assert_eq!(class.number, number, "class invariant 1: a class does not know its place");
            assert!(contents.insert(&class.content), "class invariant 1: two classes for one content");
            let of_class = verify_class(class, world, world == World::Stopped && idle);
            found.objects += of_class.objects;
            found.bytes += of_class.objects * class.slot_bytes as u64;
            found.owned += of_class.owned;
            found.spans += of_class.spans;
            found.pages += of_class.pages;
        }
        self.pages.lock().check();
        if world == World::Stopped && idle {
            let stats = self.stats();
            let (objects, bytes) = (stats.objects(), stats.bytes());
            let pages = stats.bytes_in_use / PAGE_BYTES;
            let owned = self.counters.owned.settled();
            let counted = Recount { objects, bytes, owned, spans: stats.spans, pages };
            assert_eq!(found, counted, "the counters are not what is there");
        }
    }

    /// Every marked object, with its class and the name of a type of the class. The world is stopped.
    pub(crate) fn marked_objects(&self) -> Vec<(&Class, &'static str, *mut u8)> {
        let mut objects = Vec::new();
        for class in self.all_classes() {
            for span in class.lock().all.iter() {
                for word in 0..span.n_words() {
                    let marked = ones(span.load(Bitmap::Marks, word));
                    objects.extend(marked.map(|bit| (class, (class.name)(), span.slot(word * 64 + bit))));
                }
            }
        }
        objects
    }
}

impl Memory {
    /// What marked objects own of what may change. The world is stopped.
    pub(crate) fn owned_by_marked(&self) -> u64 {
        let changing = self.marked_objects().into_iter().filter(|(class, ..)| class.owns_changing);
        // SAFETY: objects of the class.
        let owned =
            |(class, _, object): (&Class, _, *mut u8)| class.owned.map(|owned| unsafe { owned(object) });
        changing.filter_map(owned).map(|bytes| summand(bytes).unsigned_abs()).sum()
    }
}

/// Asserts the invariants of a class and of its spans. `idle` says that nobody changes or drops an object meanwhile.
fn verify_class(class: &Class, world: World, idle: bool) -> Recount {
    let name = (class.name)();
    let spans = class.lock();
    let mut found = Recount::default();
    let known: HashSet<_> = spans.all.as_slice().iter().copied().collect();
    let to_sweep: HashSet<_> = spans.to_sweep.iter().copied().collect();
    let free_runs = free_runs(&spans, &known, name);
    spans.all.check();
    spans.partial.check();
    for (span, &at) in spans.all.iter().zip(spans.all.as_slice()) {
        assert!(core::ptr::eq(span.class(), class), "a span of {name} belongs to another class");
        let progress = span.sweep_state().progress(spans.generation);
        let listed = to_sweep.contains(&at);
        assert!(progress != Progress::ToSweep || listed, "class invariant 2: {name} forgot to sweep a span");
        let partial = spans.partial.contains(at);
        assert!(progress == Progress::Swept || !partial, "class invariant 2: {name} allocates from unswept");
        span.check(progress == Progress::Swept && world == World::Stopped);
        if progress == Progress::Swept {
            let listed = |word| free_runs.get(&(at, word)).copied().unwrap_or(0);
            span.check_free_slots(listed, partial, world == World::Stopped);
        }
        check_records(span, world);
        found.spans += 1;
        found.pages += span.run().n_pages;
        for word in 0..span.n_words() {
            found.objects += u64::from(span.load(Bitmap::Allocs, word).count_ones());
            // A sweep drops what is dead before it says so.
            if let (Some(owned), false, true) = (class.owned, class.owns_changing, idle) {
                let objects = ones(span.slot_word(word).objects()).map(|bit| span.slot(word * 64 + bit));
                // SAFETY: objects, which nobody changes while the world is stopped and nobody sweeps.
                found.owned +=
                    objects.map(|object| summand(unsafe { owned(object) }).unsigned_abs()).sum::<u64>();
            }
            let doomed = span.load(Bitmap::Doomed, word) != 0;
            assert!(!doomed || class.drop_kind == DropKind::User, "{name} is doomed without a destructor");
        }
    }
    let gone = spans.partial.as_slice().iter().find(|&span| !known.contains(span));
    assert_eq!(gone, None, "class invariant 2: {name} lists a span that is gone");
    found
}

/// Asserts that the records of a span are about objects, and that marking finds them.
fn check_records(span: &Span, world: World) {
    let records = span.records.lock();
    // Relaxed: entered and left under the lock of the records.
    let listed = span.places[RECORDS].load(Ordering::Relaxed) != NOWHERE;
    assert_eq!(records.is_some(), listed, "marking visits exactly the spans with records");
    // Before that objects may not be known as such.
    if let (Some(records), World::Stopped) = (&*records, world) {
        records.check(span.start(), |offset| {
            let slot = span.slot_at(offset);
            span.slot_word(slot / 64).objects() >> (slot % 64) & 1 == 1
        });
    }
}

/// The free runs of a class: their slots by span and word.
fn free_runs(
    spans: &Spans,
    known: &HashSet<NonNull<Span>>,
    name: &str,
) -> HashMap<(NonNull<Span>, usize), u64> {
    let mut all = HashMap::new();
    for run in &spans.free_runs {
        assert!(known.contains(&run.span), "class invariant 3: {name} has a free run of a span that is gone");
        let listed = all.entry((run.span, run.word)).or_insert(0);
        assert_eq!(*listed & run.slots, 0, "class invariant 3: {name} has a free slot twice");
        *listed |= run.slots;
        assert!(!run.is_taken(), "class invariant 3: a free run of {name} is taken");
    }
    all
}
