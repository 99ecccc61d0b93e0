//! The states of 64 slots: one word of each of a span's three bitmaps.
//!
//! Of a slot the bits of *allocs*, *doomed* and *marks* say
//!
//! ```text
//! 0 0 0  free       ──commit (its claimer)──▶  an object
//! 1 0 1  reached, or born black  ──find_dead──▶  an object
//! 1 0 0  an object  ──found dead: remove───▶  free, or
//!                   ──found dead: doom─────▶  doomed
//! 1 1 0  doomed     ──bury─────────────────▶  free
//! ```
//!
//! What was committed and is no object after all is unmade, by its claimer before the next stop: it is free again.
//!
//! Only whoever sweeps the span finds dead slots. Whoever has run the destructor of a doomed slot buries it, at any
//! time, so also while the word is swept: then the sweep sees it either doomed still or free.
//!
//! Orderings are relaxed where nothing else is said: a lock, a stop, or the sweep state orders the word with its
//! writers.

use crate::sync::{AtomicU64, Ordering, is_left_out};

/// One word of each bitmap.
#[derive(Clone, Copy, Debug)]
pub(super) struct SlotWord<'s> {
    pub(super) marks: &'s AtomicU64,
    pub(super) allocs: &'s AtomicU64,
    pub(super) doomed: &'s AtomicU64,
}

impl SlotWord<'_> {
    /// Which of `slots` are free.
    pub(super) fn free(self, slots: u64) -> u64 {
        slots & !self.allocs.load(Ordering::Relaxed)
    }

    /// Slots that hold objects which nobody has found dead.
    pub(super) fn objects(self) -> u64 {
        self.allocs.load(Ordering::Relaxed) & !self.doomed.load(Ordering::Relaxed)
    }

    /// The same while destructors may be running, whose slots are buried at any time: of a word that is swept, in a stopped
    /// world, this is the same at every call.
    pub(super) fn settled_objects(self) -> u64 {
        // Acquire: pairs with the release in `bury`. Doomed first: what is no longer doomed then is no longer taken.
        let doomed = self.doomed.load(Ordering::Acquire);
        self.allocs.load(Ordering::Relaxed) & !doomed
    }

    /// Makes objects of free slots. Other slots may be removed meanwhile.
    pub(super) fn commit(self, slots: u64) {
        // Release: pairs with the fence in `Memory::look`: who finds the object there sees that the page is the span's.
        self.allocs.fetch_or(slots, Ordering::Release);
    }

    /// Marks slots of which objects are about to be made.
    pub(super) fn mark(self, slots: u64) {
        self.marks.fetch_or(slots, Ordering::Relaxed);
    }

    /// Makes slots free that are no objects after all, and takes the marks that they were born with.
    pub(super) fn unmake(self, slots: u64) {
        self.marks.fetch_and(!slots, Ordering::Relaxed);
        self.allocs.fetch_and(!slots, Ordering::Relaxed);
    }

    /// Takes the marks and returns the objects that had none.
    pub(super) fn find_dead(self) -> u64 {
        // Acquire: pairs with the release in `bury`. Doomed first: a slot whose destructor ends meanwhile is then
        // either doomed still or not taken.
        let order = if is_left_out("seeing what was buried") { Ordering::Relaxed } else { Ordering::Acquire };
        let doomed = self.doomed.load(order);
        let [marks, allocs] = [self.marks, self.allocs].map(|word| word.load(Ordering::Relaxed));
        debug_assert_eq!(marks & doomed, 0, "a dead object was marked while its destructor was due");
        debug_assert_eq!(marks & !allocs, 0, "a slot without an object was marked");
        self.marks.store(0, Ordering::Relaxed);
        allocs & !marks & !doomed
    }

    /// Makes dead slots doomed.
    pub(super) fn doom(self, dead: u64) {
        self.doomed.fetch_or(dead, Ordering::Relaxed);
    }

    /// Makes dead slots free. No other thread changes the word: slots of a class are either buried or removed here.
    pub(super) fn remove(self, dead: u64) {
        self.allocs.fetch_and(!dead, Ordering::Relaxed);
    }

    // ANCHOR: bury
    /// Makes doomed slots free, whose destructors have run. Allocs first: a slot that is taken and not doomed is an
    /// object.
    pub(super) fn bury(self, slots: u64) {
        if is_left_out("removing from allocs first") {
            self.doomed.fetch_and(!slots, Ordering::Release);
        }
        self.allocs.fetch_and(!slots, Ordering::Relaxed);
        // Release: pairs with the acquire in `find_dead` and `settled_objects`.
        self.doomed.fetch_and(!slots, Ordering::Release);
    }
    // ANCHOR_END: bury
}
