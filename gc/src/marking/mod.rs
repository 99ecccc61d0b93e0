//! Marking: from the roots along edges, until what can be reached is marked.
//!
//! An object is *white* while its mark bit is clear, *grey* while it is marked and on some list, *black* after it was
//! scanned. Leaves are black at once.
//!
//! 1. The world is stopped. A snapshot of where arenas lie and what classes say is all that marking needs besides the
//!    objects and their side data: it takes no lock of memory ([`AddressMap`](crate::memory::AddressMap)).
//! 2. The driver, the thread that runs the cycle, marks alone at first, without locked instructions ([`worker`]).
//!    That is the end of it in a small heap.
//! 3. When it has found many objects it opens a [`session`] and asks for help ([`Helpers`]). Workers pass each other
//!    packets of grey objects; when all are idle and no packet is left, everything is marked.
//! 4. Edges that trace functions report are taken out of the tracer after each call. Deferred work (deep owned data,
//!    pieces of long slices) is done when the worker has no grey object left, or is passed on like these, so that no
//!    stack grows with the depth of the data.
//!
//! 5. Values of ephemerons are traced if their keys are marked. All that were met are decided about when nothing is grey
//!    any more, in rounds like the above as long as each decides much, then by keys ([`waiting`]): in linear time, which
//!    the page *Weak collections* of the book shows.
//!
//! A cycle may also mark in slices, with mutations between them ([`Marking::mark_some`]). At the end of a slice the
//! only work left is grey objects, and values of ephemerons: nothing that points into data which may change.

#[cfg(feature = "parallel")]
mod help;
mod look_ahead;
mod mode;
#[cfg(not(feature = "parallel"))]
mod no_help;
mod prefetch;
mod ring;
mod run;
mod session;
mod shades;
mod slices;
#[cfg(all(test, not(loom)))]
mod tests;
#[cfg(all(test, loom))]
mod tests_loom;
mod waiting;
mod worker;

#[cfg(feature = "parallel")]
pub(crate) use help::Helpers;
#[cfg(not(feature = "parallel"))]
pub(crate) use no_help::Helpers;
pub(crate) use shades::Marked;

use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};

use crate::memory::Memory;
use crate::special::Kept;
use crate::sync::Arc;
use crate::zeal::ZEAL;
use mode::Keyed;
use session::Session;
use worker::Worker;

/// Objects that the driver marks before it asks for help: to wake a thread takes as long as to mark some thousands,
/// and so many fit the caches. Few in debug builds, where the work of many threads is to be tested.
const ALONE_OBJECTS: u64 = if cfg!(any(debug_assertions, gc_zeal)) { 64 } else { 1 << 16 };

/// What is kept from outside the heap, in parts that workers take one by one.
pub(crate) trait Roots: core::fmt::Debug + Send + Sync {
    /// Number of parts; it does not change while the world is stopped.
    fn n_shards(&self) -> usize;
    /// Calls `each` with what one part keeps.
    fn visit(&self, shard: usize, each: &mut dyn FnMut(Kept));
}

/// Of a round that begins with work.
#[derive(Debug)]
struct NoRoots;

impl Roots for NoRoots {
    fn n_shards(&self) -> usize {
        0
    }

    fn visit(&self, _: usize, _: &mut dyn FnMut(Kept)) {}
}

/// What one cycle has marked so far, and what is grey.
#[derive(Debug)]
pub(crate) struct Marking {
    driver: Worker,
    /// The most threads that marked at the same time.
    threads: usize,
}

impl Marking {
    pub(crate) fn new() -> Self {
        Self { driver: Worker::new(), threads: 1 }
    }

    /// Marks everything that can be reached from the roots and from what is grey.
    ///
    /// # Safety
    ///
    /// The world of the heap is stopped, every span is swept, and `roots` are all that mutators have.
    ///
    /// # Panics
    ///
    /// A trace function panicked, on this thread or on another. No other thread marks any more then.
    pub(crate) unsafe fn mark_all(&mut self, memory: &Memory, roots: Arc<dyn Roots>, helpers: &Helpers) {
        if ZEAL {
            // SAFETY: the caller's duty.
            unsafe { self.mark_first_roots_in_slices(memory, &*roots) };
            self.driver.forget_keys();
        }
        // SAFETY: the caller's duty.
        unsafe { self.mark_from(memory, roots, helpers) };
        if self.driver.n_conditional() > 0 {
            // SAFETY: the caller's duty; nothing is grey.
            unsafe { self.mark_values(memory, helpers) };
        }
    }

    /// Marks the values of ephemerons whose keys are marked, and what can be reached from them, and so on.
    ///
    /// # Safety
    ///
    /// As for [`mark_all`](Self::mark_all), which has marked everything else.
    unsafe fn mark_values(&mut self, memory: &Memory, helpers: &Helpers) {
        // The world is stopped: it stays right.
        let map = memory.map();
        let (mut met, mut looked_at) = (self.driver.n_conditional(), 0);
        loop {
            let undecided = self.driver.n_conditional();
            looked_at += undecided;
            // All rounds but the last decide half of what they look at.
            debug_assert!(looked_at <= 3 * met, "{looked_at} looks at {met} ephemerons: not linear");
            // SAFETY: keys were objects when the cycle began; no session is open.
            let due = unsafe { self.driver.decide(&map) };
            if due == 0 {
                drop(self.driver.take_conditional());
                return;
            }
            if due < undecided / 2 {
                break;
            }
            // SAFETY: the caller's duty.
            unsafe { self.mark_from(memory, Arc::new(NoRoots), helpers) };
            met += self.driver.n_conditional() + due - undecided;
        }
        // There may be chains, of which a round decides one value.
        // SAFETY: as above.
        unsafe { self.driver.decide_by_keys(&map) };
        // SAFETY: nobody else marks.
        let done = unsafe { self.driver.drain_by_keys(&map, u64::MAX) };
        debug_assert!(done, "nothing is left");
    }

    /// Marks everything that can be reached from the roots and from what is grey, but for values of ephemerons.
    ///
    /// # Safety
    ///
    /// As for [`mark_all`](Self::mark_all).
    ///
    /// # Panics
    ///
    /// As for [`mark_all`](Self::mark_all).
    unsafe fn mark_from(&mut self, memory: &Memory, roots: Arc<dyn Roots>, helpers: &Helpers) {
        let session = Session::new(memory.map(), roots);
        let few = self.driver.shades.marked.objects + ALONE_OBJECTS;
        // SAFETY: the caller's duty; there is no other worker yet.
        if unsafe { self.driver.work_alone(&session, few) } {
            return;
        }
        if helpers.most() == 0 {
            // SAFETY: the caller's duty; there is no other worker.
            unsafe { self.driver.work_alone(&session, u64::MAX) };
            return;
        }
        let session = Arc::new(session);
        helpers.call(&session);
        // SAFETY: the caller's duty; the world stays stopped until the session is closed.
        let result = catch_unwind(AssertUnwindSafe(|| unsafe { self.driver.work(&session) }));
        helpers.dismiss();
        if let Err(payload) = result {
            session.fail(payload);
        }
        let outcome = session.close();
        self.driver.shades.marked.add(outcome.found.marked);
        self.driver.add_conditional(outcome.found.conditional);
        self.threads = self.threads.max(outcome.threads);
        if let Some(payload) = outcome.panic {
            resume_unwind(payload);
        }
    }

    /// Marks what is kept: by roots and records, or because a barrier has saved it.
    ///
    /// # Safety
    ///
    /// The world of the heap is stopped, every span is swept, and the addresses are edges of the heap.
    pub(crate) unsafe fn shade(&mut self, memory: &Memory, kept: impl IntoIterator<Item = Kept>) {
        let map = memory.map();
        for kept in kept {
            // SAFETY: the caller's duty; nobody else marks.
            unsafe { self.driver.keep::<Keyed>(&map, kept) };
        }
    }

    /// Scans about as many grey objects as `steps` says; whether none is left. Between two calls mutations may
    /// change objects if every edge that they overwrite is shaded, and every object that they make is marked.
    ///
    /// # Safety
    ///
    /// The world of the heap is stopped, and every span is swept.
    pub(crate) unsafe fn mark_some(&mut self, memory: &Memory, steps: u64) -> bool {
        let map = memory.map();
        // SAFETY: the caller's duty; nobody else marks.
        let done = unsafe { self.driver.drain_by_keys(&map, steps) };
        // SAFETY: as above.
        unsafe { self.driver.settle(&map) };
        done && self.driver.is_done()
    }

    /// What the zeal build does first, so that what slices leave is part of every cycle of it.
    ///
    /// # Safety
    ///
    /// As for [`mark_all`](Self::mark_all).
    unsafe fn mark_first_roots_in_slices(&mut self, memory: &Memory, roots: &dyn Roots) {
        let mut targets = Vec::new();
        if roots.n_shards() > 0 {
            roots.visit(0, &mut |kept| targets.push(kept));
        }
        // SAFETY: the caller's duty; roots are edges.
        unsafe { self.shade(memory, targets) };
        for steps in 0..4 {
            // SAFETY: the caller's duty.
            unsafe { self.mark_some(memory, steps) };
        }
    }

    /// What was marked, and by how many threads at the same time.
    pub(crate) fn finish(self) -> (Marked, usize) {
        assert!(self.driver.is_done(), "marking ends when nothing is grey");
        (self.driver.shades.marked, self.threads)
    }
}
