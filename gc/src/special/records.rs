//! The records of one span.
//!
//! # Invariants
//!
//! 1. Every record is about an offset in a slot that holds an object which nobody has found dead.
//! 2. There is one weak record, one finalizer and one pin record for an offset at most.
//! 3. The handle of a weak record has the offset's address as its target.
//! 4. What a pin record is about is the start of an object, which a root keeps: so no sweep finds it dead.

use core::ptr::NonNull;

use super::handles::{Cut, Handles};
use super::{Cleanup, Finalizer, Handle, Pin, Sample};
use crate::stats::Stats;
use crate::table::Table;

/// What a sweep has found out about an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Alive,
    /// It was unreachable, and has a finalizer.
    Revived,
    Dead,
}

/// The records of one span.
#[derive(Debug)]
pub(crate) struct Records {
    weak: Handles,
    finalizers: Table<Finalizer>,
    /// By number; several may be about one offset.
    cleanups: Table<(usize, Cleanup)>,
    pins: Table<Pin>,
    samples: Table<Sample>,
}

// SAFETY: handles are shared, and all else is `Send`.
unsafe impl Send for Records {}

impl Records {
    /// None, of a span that is cut like this.
    pub(crate) fn new(cut: Cut) -> Self {
        Self {
            weak: Handles::new(cut),
            finalizers: Table::default(),
            cleanups: Table::default(),
            pins: Table::default(),
            samples: Table::default(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        let Self { weak, finalizers, cleanups, pins, samples } = self;
        let callbacks = finalizers.len() + cleanups.len();
        weak.len() + callbacks + pins.len() + samples.len() == 0
    }

    /// The handle of weak pointers to an offset. If it has none, what `make` gives becomes it.
    pub(crate) fn handle(
        &mut self,
        offset: usize,
        make: impl FnOnce() -> Option<NonNull<Handle>>,
    ) -> Option<NonNull<Handle>> {
        self.weak.get_or_make(offset, make)
    }

    /// Makes a finalizer for the offset, unless it has one.
    pub(crate) fn set_finalizer(&mut self, offset: usize, make: impl FnOnce() -> Finalizer) {
        self.finalizers.get_or_make(offset, || Some(make()));
    }

    pub(crate) fn take_finalizer(&mut self, offset: usize) -> Option<Finalizer> {
        self.finalizers.remove(offset)
    }

    pub(crate) fn add_cleanup(&mut self, number: usize, offset: usize, cleanup: Cleanup) {
        self.cleanups.insert(number, (offset, cleanup));
    }

    pub(crate) fn take_cleanup(&mut self, number: usize) -> Option<Cleanup> {
        self.cleanups.remove(number).map(|(_, cleanup)| cleanup)
    }

    /// Pins the object at an offset once more. `make` gives the record of the first pin, which does not count it yet.
    pub(crate) fn pin(&mut self, offset: usize, make: impl FnOnce() -> Pin) {
        let pin = self.pins.get_or_make(offset, || Some(make()));
        pin.expect("`make` gives one").count += 1;
    }

    /// Ends one pin of the object at an offset; the last one comes out.
    pub(crate) fn unpin(&mut self, offset: usize) -> Option<Pin> {
        let pin = self.pins.get_mut(offset).expect("record invariant 4: what is unpinned is pinned");
        pin.count -= 1;
        if pin.count > 0 { None } else { self.pins.remove(offset) }
    }

    pub(crate) fn add_sample(&mut self, offset: usize, sample: Sample) {
        let before = self.samples.insert(offset, sample);
        debug_assert!(before.is_none(), "record invariant 1: a sample of what was there before");
    }

    pub(crate) fn take_sample(&mut self, offset: usize) -> Option<Sample> {
        self.samples.remove(offset)
    }

    /// Takes out the samples of dead objects.
    pub(crate) fn take_dead_samples(&mut self, is_dead: impl Fn(usize) -> bool) -> Vec<Sample> {
        self.samples.extract(|offset, _| is_dead(offset)).into_iter().map(|(_, sample)| sample).collect()
    }

    /// The pins, by offset.
    pub(crate) fn pins(&self) -> impl Iterator<Item = (usize, &Pin)> {
        self.pins.iter()
    }

    pub(crate) fn pin_count(&self, offset: usize) -> u64 {
        self.pins.get(offset).map_or(0, |pin| pin.count)
    }

    /// Takes out the finalizers of unreachable objects, by offset: each revives its object.
    pub(crate) fn take_unreachable(&mut self, is_reached: impl Fn(usize) -> bool) -> Vec<(usize, Finalizer)> {
        let mut taken = self.finalizers.extract(|offset, _| !is_reached(offset));
        taken.sort_unstable_by_key(|&(offset, _)| offset);
        taken
    }

    /// Handles all records of objects that are not simply alive; takes out the cleanups that are due, in the
    /// order in which they were added.
    pub(crate) fn settle(&mut self, fate: impl Fn(usize) -> Fate) -> Vec<Cleanup> {
        debug_assert!(self.pins.iter().all(|(offset, _)| fate(offset) == Fate::Alive), "record invariant 4");
        for (_, handle) in self.weak.extract(|offset| fate(offset) != Fate::Alive) {
            // SAFETY: the cycle that has found the target dead has marked the handle (its invariant 1), and the next one
            // begins after this sweep.
            unsafe { handle.as_ref() }.clear();
        }
        let mut due = self.cleanups.extract(|_, (offset, _)| fate(*offset) == Fate::Dead);
        due.sort_unstable_by_key(|&(number, _)| number);
        due.into_iter().map(|(_, (_, cleanup))| cleanup).collect()
    }

    /// The handles, each an object to mark.
    pub(crate) fn handles(&self) -> impl Iterator<Item = NonNull<Handle>> {
        self.weak.iter().map(|(_, handle)| handle)
    }

    /// The offsets that have a finalizer: what these objects reach is to be marked.
    pub(crate) fn finalized(&self) -> impl Iterator<Item = usize> {
        self.finalizers.iter().map(|(offset, _)| offset)
    }

    /// The finalizers, by offset.
    pub(crate) fn finalizers(&self) -> impl Iterator<Item = (usize, &Finalizer)> {
        self.finalizers.iter()
    }

    /// Adds how many there are to a snapshot; pins and samples are counted elsewhere.
    pub(crate) fn add_to(&self, stats: &mut Stats) {
        stats.weak_targets += self.weak.len() as u64;
        stats.finalizers += self.finalizers.len() as u64;
        stats.cleanups += self.cleanups.len() as u64;
    }

    /// What the program has given.
    pub(crate) fn into_callbacks(self) -> (Vec<Finalizer>, Vec<Cleanup>) {
        let cleanups = self.cleanups.into_values().map(|(_, cleanup)| cleanup);
        (self.finalizers.into_values().collect(), cleanups.collect())
    }

    /// Asserts the invariants, for a span that starts at `start`. `is_object` tells of an offset whether an object is
    /// there, of which nobody has found out that it is dead.
    pub(crate) fn check(&self, start: NonNull<u8>, is_object: impl Fn(usize) -> bool) {
        let Self { weak, finalizers, cleanups, pins, samples } = self;
        weak.check();
        finalizers.check();
        cleanups.check();
        pins.check();
        samples.check();
        let offsets = weak.iter().map(|(offset, _)| offset);
        let offsets = offsets.chain(finalizers.iter().map(|(offset, _)| offset));
        let offsets = offsets.chain(cleanups.iter().map(|(_, &(offset, _))| offset));
        let offsets = offsets.chain(pins.iter().map(|(offset, _)| offset));
        for offset in offsets.chain(samples.iter().map(|(offset, _)| offset)) {
            assert!(is_object(offset), "record invariant 1: a record about no object");
        }
        for (offset, handle) in weak.iter() {
            // SAFETY: the handle is an object as long as the record exists.
            let target = unsafe { handle.as_ref() }.target_settled(|_| ());
            let at = start.as_ptr().wrapping_add(offset);
            assert_eq!(target.map(NonNull::as_ptr), Some(at), "record invariant 3");
        }
    }
}
