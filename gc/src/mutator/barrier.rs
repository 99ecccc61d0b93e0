//! The barrier: what a mutator does for a cycle that marks between mutations.
//!
//! Such a cycle marks whatever could be reached when it began (*snapshot at the beginning*, T. Yuasa, 1990). So a
//! mutator saves every edge that it overwrites, whatever the colour of the object that it was in; what it makes is
//! black from birth (`memory::birth`). Contents of a lock or a borrowed cell, which change without telling, are saved
//! as a whole when they are first borrowed for writing in a cycle.
//!
//! Marking begins and ends while the world is stopped, and no flag changes but then. What mutators have saved is
//! handed over whenever they flush: at every stop, and when they detach.
//!
//! In the ordinary build the world stands still as long as marking goes on, and nothing of this is compiled.

use core::ptr::NonNull;
use std::collections::HashSet;

use super::mutation::Mutation;
use crate::layout::edge_of;
use crate::sync::is_left_out;
use crate::trace::{Trace, Tracer};
use crate::zeal::ZEAL;

/// What a mutator has saved since it last handed over.
#[derive(Debug, Default)]
pub(super) struct Saved {
    edges: Vec<*const u8>,
    /// Addresses of contents that were saved in a cycle.
    contents: HashSet<usize>,
    /// Number of that cycle.
    cycle: u64,
}

impl Saved {
    /// Saves the edge in a word that is being overwritten.
    pub(super) fn word(&mut self, word: *const u8) {
        if !is_left_out("saving what is overwritten") {
            self.edges.extend(edge_of(word));
        }
    }

    /// Takes out the edges, as addresses.
    pub(super) fn hand_over(&mut self) -> impl Iterator<Item = usize> {
        // Arenas have exposed their provenance.
        self.edges.drain(..).map(|edge| edge.addr())
    }

    /// Notes that contents are saved; false if they were in this cycle.
    fn note(&mut self, contents: usize, cycle: u64) -> bool {
        if self.cycle != cycle {
            self.contents.clear();
            self.cycle = cycle;
        }
        self.contents.insert(contents)
    }
}

impl<'gc> Mutation<'gc> {
    /// To be called before a word that may hold an edge is overwritten, with what is there.
    ///
    /// Of two threads that overwrite one word each saves what it found; the value of the snapshot was found by the
    /// first. Whatever was there later a mutator has had in its hands: it is of the snapshot, too, or black.
    #[inline]
    pub(crate) fn overwrites(&self, word: impl FnOnce() -> *const u8) {
        if ZEAL && self.record().core.memory.birth.is_black() {
            // SAFETY: the thread is inside, and nothing else uses `local` meanwhile.
            unsafe { self.record().local() }.saved.word(word());
        }
    }

    /// To be called before contents change in ways that nobody is told of, by who has them alone.
    #[inline]
    pub(crate) fn changes<T: ?Sized + Trace<'gc>>(&self, contents: &T) {
        if ZEAL && !T::LEAF && self.record().core.memory.birth.is_black() {
            self.save_contents(contents);
        }
    }

    /// To be called with the target of a weak pointer before it is used: nothing else may refer to it.
    #[inline]
    pub(crate) fn revives(&self, target: NonNull<u8>) {
        if ZEAL && self.record().core.memory.birth.is_black() {
            // SAFETY: as in `overwrites`.
            unsafe { self.record().local() }.saved.word(target.as_ptr());
        }
    }

    #[cold]
    fn save_contents<T: ?Sized + Trace<'gc>>(&self, contents: &T) {
        let (address, cycle) =
            (core::ptr::from_ref(contents).addr(), self.record().core.memory.birth.cycle());
        // SAFETY: as in `overwrites`.
        if !unsafe { self.record().local() }.saved.note(address, cycle) {
            return;
        }
        let mut tracer = Tracer::new();
        contents.trace(&mut tracer);
        while let Some(deferred) = tracer.deferred.pop() {
            // SAFETY: the contents are the caller's alone, and have not changed.
            unsafe { deferred.resume(&mut tracer) };
        }
        debug_assert!(tracer.conditional.is_empty(), "what reports values under a condition is in no cell");
        // SAFETY: as above; `trace` has ended.
        unsafe { self.record().local() }.saved.edges.append(&mut tracer.edges);
    }
}
