//! The station of a mutator: where its thread says that it is inside a mutation, and where it is asked for something.
//!
//! The thread announces and then looks at what is asked; whoever asks writes that and then looks at the
//! announcement. With a fence between the two on each side at least one of them sees the other:
//!
//! | the mutator's thread             | whoever asks, under the gate's lock |
//! |----------------------------------|-------------------------------------|
//! | write `passage`                  | write `asked`                       |
//! | [`light`](fence::light) fence    | [`heavy`](fence::heavy) fence       |
//! | read `asked`                     | read `passage`                      |
//!
//! # Invariants
//!
//! 1. `passage` is odd while the thread is inside a mutation of the heap, or about to find that it may not be. It
//!    is written by that thread only, and never has the same value for two mutations (of the last 2^31).
//! 2. A thread that finds itself asked when it enters steps back and takes the gate's lock. So what it was asked
//!    for may be done by whoever holds that lock and has seen an even passage after asking, until `asked` is
//!    cleared.

use core::panic::Location;

use crate::os::fence;
use crate::sync::{AtomicPtr, AtomicU32, Ordering};

/// What a mutator is asked for, as bits.
pub(super) mod asked {
    /// Not to enter: a stop is under way.
    pub(in crate::mutator) const CLOSED: u32 = 1 << 0;
    /// To leave soon.
    pub(in crate::mutator) const LEAVE: u32 = 1 << 1;
    /// To end its claims, once outside.
    pub(in crate::mutator) const FLUSH: u32 = 1 << 2;
    /// To tell the counters what it allocated, once outside.
    pub(in crate::mutator) const COUNT: u32 = 1 << 3;
    /// Not to enter any more: threads of the heap were lost when the process forked.
    pub(super) const LOST: u32 = 1 << 4;

    /// To see that somebody watches whether the heap falls idle, once outside.
    pub(in crate::mutator) const WATCH: u32 = 1 << 5;

    /// What may be in the way of entering.
    pub(super) const ENTERING: u32 = CLOSED | FLUSH | COUNT | LOST;
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Station {
    passage: AtomicU32,
    asked: AtomicU32,
    /// Where the thread entered its current or last mutation.
    entered: AtomicPtr<Location<'static>>,
}

impl Station {
    pub(super) fn new() -> Self {
        Self { passage: AtomicU32::new(0), asked: AtomicU32::new(0), entered: AtomicPtr::default() }
    }

    // ANCHOR: try_enter
    /// Enters unless something is asked for; the passage. By the mutator's thread, which is outside.
    #[inline]
    pub(super) fn try_enter(&self, entered: &'static Location<'static>) -> Option<u32> {
        let passage = self.enter(entered);
        fence::light();
        // Acquire: pairs with the release in `withdraw`: what was done on behalf of the thread, and at a stop, is
        // seen.
        if self.asked.load(Ordering::Acquire) & asked::ENTERING == 0 {
            return Some(passage);
        }
        self.step_out(passage);
        None
    }
    // ANCHOR_END: try_enter

    /// Enters; the passage. By the mutator's thread, which is outside, and holds the gate's lock or looks what is
    /// asked for.
    #[inline]
    pub(super) fn enter(&self, entered: &'static Location<'static>) -> u32 {
        // Relaxed: a hint for messages.
        self.entered.store(core::ptr::from_ref(entered).cast_mut(), Ordering::Relaxed);
        // Relaxed: only this thread writes it (invariant 1).
        let passage = self.passage.load(Ordering::Relaxed).wrapping_add(1);
        // Relaxed: a fence follows, or the gate's lock is held.
        self.passage.store(passage, Ordering::Relaxed);
        passage
    }

    /// Leaves; what is asked for then. By the mutator's thread, which is inside with this passage.
    #[inline]
    pub(super) fn leave(&self, passage: u32) -> u32 {
        self.step_out(passage);
        fence::light();
        // Relaxed: whoever asked waits for this thread, which takes the gate's lock.
        self.asked.load(Ordering::Relaxed)
    }

    #[inline]
    fn step_out(&self, passage: u32) {
        // Release: pairs with the acquire in `passage`: what the thread did inside is seen.
        self.passage.store(passage.wrapping_add(1), Ordering::Release);
    }

    /// What is asked for. Relaxed: a hint, but under the gate's lock, where nobody else asks.
    #[inline]
    pub(super) fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Whether the thread should leave, as a stop waits for it or soon will.
    #[inline]
    pub(super) fn is_awaited(&self) -> bool {
        self.asked() & (asked::LEAVE | asked::CLOSED) != 0
    }

    /// Whether a stop waits for the thread to leave and end its claims.
    #[inline]
    pub(super) fn is_to_flush(&self) -> bool {
        self.asked() & (asked::FLUSH | asked::LOST) == asked::FLUSH
    }

    /// Asks; to be followed by a heavy fence. Under the gate's lock, as the two below.
    pub(super) fn ask(&self, what: u32) {
        // Relaxed: the heavy fence follows.
        self.asked.fetch_or(what, Ordering::Relaxed);
    }

    /// Keeps the thread, which is the calling one, from entering for ever.
    pub(super) fn lose(&self) {
        self.ask(asked::LOST);
    }

    /// Whether the heap has lost threads.
    pub(super) fn is_lost(&self) -> bool {
        self.asked() & asked::LOST != 0
    }

    /// Asks no more.
    pub(super) fn withdraw(&self, what: u32) {
        // Release: pairs with the acquire in `try_enter`.
        self.asked.fetch_and(!what, Ordering::Release);
    }

    /// The passage; after asking and a heavy fence an even one says that the thread is outside and stays there.
    pub(super) fn passage(&self) -> u32 {
        // Acquire: pairs with the release in `leave`.
        self.passage.load(Ordering::Acquire)
    }

    /// Whether the thread is inside a mutation, or about to find that it may not be.
    pub(super) fn is_inside(&self) -> bool {
        self.passage() % 2 == 1
    }

    /// Where the thread entered its current or last mutation.
    pub(super) fn entered(&self) -> Option<&'static Location<'static>> {
        // Relaxed: a location is a constant.
        // SAFETY: the pointer is null or was made from a `'static` reference.
        unsafe { self.entered.load(Ordering::Relaxed).as_ref() }
    }
}
