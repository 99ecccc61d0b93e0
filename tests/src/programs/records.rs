//! The model of special records: weak pointers, finalizers, cleanups, pins; and of what a cycle does with them.
//!
//! Where a heap collects by itself the model does not know when. It learns of it by what the program sees: a weak
//! pointer that upgrades no more, a finalizer that has run. What cannot have happened yet is a fault there, too.

use std::collections::{BTreeMap, BTreeSet};

use crate::programs::callbacks::{Action, cleanup_panics};
use crate::programs::oracle::{Edge, Model};

/// An address in an object: what weak pointers and finalizers belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The object.
    pub of: u64,
    /// The address.
    pub address: usize,
}

/// What all weak pointers to a place share.
#[derive(Clone, Copy, Debug)]
pub struct Handle {
    /// The place.
    pub place: Place,
    /// Not cleared.
    pub alive: bool,
}

/// A weak pointer.
#[derive(Clone, Copy, Debug)]
pub struct Weak {
    /// Number of its handle.
    pub handle: u64,
    /// What it gives.
    pub edge: Edge,
    /// The root slot of the handle. Clones share it; a weak pointer in an object has none.
    pub slot: Option<u64>,
}

/// A finalizer that has not run.
#[derive(Clone, Copy, Debug)]
pub struct Finalizer {
    /// Where it was set.
    pub place: Place,
    /// What it will do.
    pub action: Action,
    /// A cycle has found the object unreachable.
    pub queued: bool,
}

/// A cleanup that has not run.
#[derive(Clone, Copy, Debug)]
pub struct Cleanup {
    /// The object.
    pub of: u64,
    /// It is dead.
    pub due: bool,
}

/// Numbers of what has become due, run, and panicked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named like the counters of `Stats`")]
pub struct Counts {
    pub finalizers_queued: u64,
    pub finalizers_run: u64,
    pub finalizer_panics: u64,
    pub cleanups_queued: u64,
    pub cleanups_run: u64,
    pub cleanup_panics: u64,
}

/// The special records of a heap.
#[derive(Debug, Default)]
pub struct Records {
    /// Handles of weak pointers.
    pub handles: BTreeMap<u64, Handle>,
    /// Weak roots.
    pub weak: Vec<Weak>,
    /// Finalizers, by number.
    pub finalizers: BTreeMap<u64, Finalizer>,
    /// Cleanups, by number.
    pub cleanups: BTreeMap<u64, Cleanup>,
    /// Pins.
    pub pins: Vec<Edge>,
    /// Canaries of objects that are dead and whose destructors may not have run.
    pub doomed: Vec<usize>,
    /// An object whose finalizer has noted that it ran, and may not have ended: until then it keeps the object.
    pub ending: Option<u64>,
    /// What happened.
    pub counts: Counts,
}

impl Records {
    /// The number of the handle of a place, if it has one that is not cleared.
    pub fn handle_of(&self, place: Place) -> Option<u64> {
        let found = self.handles.iter().find(|(_, handle)| handle.alive && handle.place == place);
        found.map(|(&number, _)| number)
    }

    /// The number of the finalizer of a place, if it has one that is not due.
    pub fn finalizer_of(&self, place: Place) -> Option<u64> {
        let is = |finalizer: &Finalizer| !finalizer.queued && finalizer.place == place;
        self.finalizers.iter().find(|(_, finalizer)| is(finalizer)).map(|(&number, _)| number)
    }

    /// Whether something is due.
    pub fn is_anything_due(&self) -> bool {
        self.finalizers.values().any(|finalizer| finalizer.queued)
            || self.cleanups.values().any(|cleanup| cleanup.due)
            || !self.doomed.is_empty()
    }

    /// A cycle has found the object unreachable: its finalizers are due, weak pointers to it are cleared.
    fn leave(&mut self, object: u64) {
        for finalizer in self.finalizers.values_mut().filter(|finalizer| finalizer.place.of == object) {
            self.counts.finalizers_queued += u64::from(!finalizer.queued);
            finalizer.queued = true;
        }
        for handle in self.handles.values_mut().filter(|handle| handle.place.of == object) {
            handle.alive = false;
        }
    }
}

impl Model {
    /// Everything that marking reaches: what the program can reach, what is due to be finalized, and what objects with
    /// finalizers refer to. If no cycle has run that the model does not know of.
    pub fn kept(&self) -> BTreeSet<u64> {
        let mut from = self.entries();
        for Finalizer { place, queued, .. } in self.records.finalizers.values() {
            if *queued {
                from.push(place.of);
            } else {
                from.extend(self.nodes[&place.of].targets());
            }
        }
        self.reach(from)
    }

    /// Everything that may be kept, and objects that a finalizer will be given.
    pub fn perhaps_kept(&self) -> BTreeSet<u64> {
        let finalized = self.records.finalizers.values().map(|finalizer| finalizer.place.of);
        self.reach(self.entries().into_iter().chain(finalized).chain(self.records.ending).collect())
    }

    /// Everything that no cycle can have found dead, of those that the model does not know of.
    fn certainly_kept(&self) -> BTreeSet<u64> {
        let mut from = self.entries();
        from.extend(self.records.ending);
        let mut finalized = BTreeSet::new();
        for Finalizer { place, .. } in self.records.finalizers.values() {
            from.extend(self.nodes[&place.of].targets());
            finalized.insert(place.of);
        }
        // What is to be finalized is there, but may have been found unreachable: so it is no key.
        let mut kept = self.reach(from);
        kept.append(&mut finalized);
        kept
    }

    /// What a cycle does. Returns how many objects it marks.
    pub fn cycle(&mut self) -> u64 {
        let marked = self.kept();
        let records = &self.records;
        // What objects with finalizers refer to weakly is marked as what they refer to.
        let finalized = records.finalizers.values().map(|finalizer| finalizer.place.of);
        let seeing = marked.iter().copied().chain(finalized);
        let seen = seeing.flat_map(|id| self.nodes[&id].all_seen()).chain(records.weak.iter().copied());
        let held: BTreeSet<u64> = seen.map(|weak| weak.handle).collect();
        // A handle whose target is found dead in this cycle is marked once more.
        self.records.handles.retain(|number, handle| handle.alive || held.contains(number));
        let n_marked = (marked.len() + self.records.handles.len()) as u64;
        let unreached: Vec<u64> = self.nodes.keys().copied().filter(|id| !marked.contains(id)).collect();
        for id in unreached {
            self.records.leave(id);
            if !self.records.finalizers.values().any(|finalizer| finalizer.place.of == id) {
                self.die(id);
            }
        }
        n_marked
    }

    /// The object is dead.
    pub fn die(&mut self, id: u64) {
        self.records.leave(id);
        let node = self.nodes.remove(&id).expect("known");
        self.records.doomed.extend(node.canaries);
        for cleanup in self.records.cleanups.values_mut().filter(|cleanup| cleanup.of == id) {
            cleanup.due = true;
        }
    }

    /// A finalizer has run. The record of it, and of the one that it has set.
    ///
    /// # Panics
    ///
    /// It should not have.
    pub fn finalized(&mut self, number: u64, knows_cycles: bool) -> Finalizer {
        let finalizer = self.records.finalizers.get(&number).copied();
        let finalizer = finalizer.unwrap_or_else(|| panic!("finalizer {number} ran again, or was cleared"));
        let of = finalizer.place.of;
        if !finalizer.queued {
            assert!(!knows_cycles, "finalizer {number} ran, and object {of} was not found unreachable");
            // The order, too: what an object with a finalizer refers to is finalized after it.
            assert!(!self.kept().contains(&of), "finalizer {number} ran, and object {of} can be reached");
            // Others of the same object are due with it.
            self.records.leave(of);
        }
        let records = &mut self.records;
        records.finalizers.remove(&number);
        records.counts.finalizers_run += 1;
        records.counts.finalizer_panics += u64::from(finalizer.action.panics);
        if finalizer.action.sets_another {
            let next = Finalizer { action: finalizer.action.next(), queued: false, ..finalizer };
            records.finalizers.insert(number + 1, next);
        }
        finalizer
    }

    /// A cleanup has run.
    ///
    /// # Panics
    ///
    /// It should not have.
    pub fn cleaned(&mut self, number: u64, knows_cycles: bool) {
        let cleanup = self.records.cleanups.get(&number).copied();
        let Cleanup { of, due } =
            cleanup.unwrap_or_else(|| panic!("cleanup {number} ran again, or was stopped"));
        if !due {
            assert!(!knows_cycles, "cleanup {number} ran, and object {of} is not dead");
            let alive = self.certainly_kept().contains(&of);
            assert!(!alive, "cleanup {number} ran, and object {of} can be reached or is to be finalized");
            self.records.leave(of);
        }
        self.records.cleanups.remove(&number);
        self.records.counts.cleanups_queued += 1;
        self.records.counts.cleanups_run += 1;
        self.records.counts.cleanup_panics += u64::from(cleanup_panics(number));
    }
}
