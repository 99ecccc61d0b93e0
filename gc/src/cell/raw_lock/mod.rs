//! The lock of [`GcRwLock`](super::GcRwLock): eight bytes, fair in the end, and never poisoned.
//!
//! Whoever finds the lock free takes it, also while others wait: a thread that runs makes use of it at once, while
//! one that sleeps would first have to be woken, with the lock idle meanwhile. A thread that cannot have it looks for
//! a moment whether it becomes free, and then queues in one of the process's buckets, first come first served.
//!
//! Only the first in a queue is ever awake. Whoever leaves the lock free wakes it, unless it is awake; it then tries as
//! others do, from its place in the queue. So that it gets its turn, it closes the door to all others
//!
//! * when it has been the first for a millisecond and comes too late again,
//! * when it wants to write and the lock is held by readers, who might take turns for ever.
//!
//! A reader that leaves the queue wakes the next one, which may read beside it, or closes the door to later readers. A
//! writer need not: it wakes the next one when it gives the lock up.
//!
//! Who waits does so for a condition, never by `std::thread::park`: that belongs to the program, which may unpark a
//! thread for a reason of its own while it waits here.
//!
//! ```text
//! bit 31       closed: only the first in the queue takes the lock
//! bit 30       held by a writer
//! bits 29 .. 2 readers that hold it
//! bit 1        woken: the first in the queue is awake
//! bit 0        queued: threads queue
//! ```
//!
//! In this order one comparison tells whether the lock can be taken.
//!
//! # Invariants
//!
//! 1. Bits 31, 1 and 0 change only while the bucket is locked; all of them are clear if nobody queues.
//! 2. While threads queue, a writer holds the lock, or readers do and a writer is the first, or the first is awake, or
//!    is about to be woken by who gave the lock up: none sleeps for ever that could go on. A thread that is about to
//!    sleep says so in the very step by which it sees that it has to.
//!
//! Beside this state it has an identity, by which threads note that they hold it: its address may be that of another
//! lock soon.

mod queue;
#[cfg(all(test, loom))]
mod tests_loom;

use queue::Queue;

use crate::sync::{AtomicU32, Ordering, fixed, is_left_out};

/// Only the first in the queue takes the lock.
const CLOSED: u32 = 1 << 31;
/// A writer holds it.
const WRITER: u32 = 1 << 30;
/// One reader holds it.
const READER: u32 = 1 << 2;
/// As many readers hold it as can be counted.
const READERS: u32 = WRITER - READER;
/// The first in the queue is awake.
const WOKEN: u32 = 1 << 1;
/// Threads queue.
const QUEUED: u32 = 1;

/// How often a thread looks whether a lock becomes free, after pauses that grow, some microseconds in all: less than
/// sleeping costs. Seldom, because who holds the lock has to wait for each look.
const LOOKS: u32 = if cfg!(loom) { 0 } else { 8 };

/// How a lock is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Shared,
    Exclusive,
}

impl Mode {
    /// What taking the lock adds to its state.
    #[inline]
    fn holds(self) -> u32 {
        match self {
            Self::Shared => READER,
            Self::Exclusive => WRITER,
        }
    }

    /// Whether a lock in this state can be taken by anyone.
    #[inline]
    fn is_open(self, state: u32) -> bool {
        match self {
            Self::Shared => state < READERS,
            Self::Exclusive => state < READER,
        }
    }

    /// Whether a lock in this state can be taken by the first in the queue.
    fn is_free(self, state: u32) -> bool {
        self.is_open(state & !CLOSED)
    }
}

/// What the first in a queue does when it finds that the lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Looks,
    Sleeps,
}

/// A reader-writer lock without contents.
#[derive(Debug)]
pub(super) struct RawLock {
    state: AtomicU32,
    /// Zero until it is asked for.
    identity: fixed::AtomicU32,
}

impl RawLock {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self { state: AtomicU32::new(0), identity: fixed::AtomicU32::new(0) }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self { state: AtomicU32::new(0), identity: fixed::AtomicU32::new(0) }
    }

    /// The identity of the lock, which no other one has (of the last 2^32).
    #[inline]
    pub(super) fn identity(&self) -> u32 {
        // Relaxed, here and below: only uniqueness matters.
        match self.identity.load(Ordering::Relaxed) {
            0 => self.identify(),
            identity => identity,
        }
    }

    #[cold]
    fn identify(&self) -> u32 {
        static NEXT: fixed::AtomicU32 = fixed::AtomicU32::new(1);
        let fresh = NEXT.fetch_add(1, Ordering::Relaxed).max(1);
        let identified = self.identity.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed);
        identified.map_or_else(|first| first, |_| fresh)
    }

    /// Whether someone holds it, and whether for writing; a hint.
    pub(super) fn holder(&self) -> Option<Mode> {
        // Relaxed: a hint.
        match self.state.load(Ordering::Relaxed) {
            state if state & WRITER != 0 => Some(Mode::Exclusive),
            state if state & READERS != 0 => Some(Mode::Shared),
            _ => None,
        }
    }

    /// Takes the lock if it is free and not closed.
    #[inline]
    pub(super) fn try_lock(&self, mode: Mode) -> bool {
        let take = |state| mode.is_open(state).then(|| state + mode.holds());
        // Acquire: pairs with the release in `unlock`: what was done under the lock is seen.
        self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, take).is_ok()
    }

    /// Takes the lock for reading, whoever queues, if it is held for reading: for a thread that holds it and
    /// would wait for itself behind a writer.
    pub(super) fn try_lock_shared_again(&self) -> bool {
        let again = |state| (state & READERS != 0 && Mode::Shared.is_free(state)).then(|| state + READER);
        // Acquire: pairs with the release in `unlock`, as the caller may be wrong about holding it.
        self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, again).is_ok()
    }

    /// Waits for the lock.
    #[cold]
    pub(super) fn lock_slow(&self, mode: Mode) {
        if self.looks(|| self.try_lock(mode)) {
            return;
        }
        let mut queue = Queue::of(self);
        let ticket = queue.push(mode);
        loop {
            // Ended by the last holder, who wakes the first, or by a reader that leaves the queue before us. If never,
            // then code of the program holds the lock, or a guard that is leaked.
            queue = queue.sleep(&ticket, "a `GcRwLock` that others hold");
            let Err(back) = self.enter(queue, Then::Looks) else { return };
            drop(back);
            // Relaxed: a hint.
            self.looks(|| mode.is_free(self.state.load(Ordering::Relaxed)));
            match self.enter(Queue::of(self), Then::Sleeps) {
                Ok(()) => return,
                Err(back) => queue = back,
            }
        }
    }

    /// Waits until `done`, but no longer than it would take to fall asleep; whether it is.
    fn looks(&self, done: impl Fn() -> bool) -> bool {
        (0..LOOKS).any(|look| {
            (0..1 << look).for_each(|_| core::hint::spin_loop());
            done()
        })
    }

    /// Takes the lock for the calling thread, which is the first in the queue and leaves it, or says in the state what
    /// it does then, and gives the queue back.
    fn enter<'a>(&self, mut queue: Queue<'a>, then: Then) -> Result<(), Queue<'a>> {
        let first = queue.first().expect("who is first enters");
        let (mode, impatient) = (first.mode(), first.is_impatient());
        let next = queue.has_second();
        let wakes = mode == Mode::Shared && next && !is_left_out("waking the next reader");
        let step = |state| {
            if mode.is_free(state) {
                let left = state & (WRITER | READERS) | flag(QUEUED, next) | flag(WOKEN, wakes);
                return Some(left + mode.holds());
            }
            let closes = (impatient || state & READERS != 0) && !is_left_out("closing the door");
            let awake = then == Then::Looks || is_left_out("telling that one sleeps");
            Some(state & !WOKEN | QUEUED | flag(CLOSED, closes) | flag(WOKEN, awake))
        };
        // Acquire: pairs with the release in `unlock`: what was done under the lock is seen.
        let before = self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, step);
        if before.is_ok_and(|before| mode.is_free(before)) {
            queue.remove_first();
            if wakes {
                queue.wake_first();
            }
            return Ok(());
        }
        if then == Then::Sleeps {
            queue.first_sleeps();
        }
        Err(queue)
    }

    /// Gives the lock up.
    #[inline]
    pub(super) fn unlock(&self, mode: Mode) {
        // Release: pairs with the acquire of the next holder.
        let order =
            if is_left_out("publishing what was done") { Ordering::Relaxed } else { Ordering::Release };
        let left = self.state.fetch_sub(mode.holds(), order) - mode.holds();
        if left & !CLOSED == QUEUED && !is_left_out("waking the first") {
            self.wake_first();
        }
    }

    /// Wakes the first in the queue of a lock that was left free.
    #[cold]
    fn wake_first(&self) {
        let queue = Queue::of(self);
        // Relaxed: nothing is looked at but the state; its bits for the queue change while the bucket is locked only.
        let state = self.state.load(Ordering::Relaxed);
        // A writer that has taken the lock meanwhile wakes the first when it leaves. Beside readers the first may read,
        // or it closes the door to further ones.
        if state & (QUEUED | WOKEN | WRITER) == QUEUED {
            let first = queue.first().expect("threads queue");
            let closes = first.is_impatient() && !is_left_out("closing the door");
            // Relaxed: who takes the lock acquires what was released before, as this is an exchange.
            self.state.fetch_or(WOKEN | flag(CLOSED, closes), Ordering::Relaxed);
            queue.wake_first();
        }
    }
}

/// A bit, if it is to be set.
fn flag(bit: u32, set: bool) -> u32 {
    if set { bit } else { 0 }
}

/// What models ask.
#[cfg(all(test, loom))]
impl RawLock {
    /// Whether threads queue, and all sleep.
    fn has_sleepers(&self) -> bool {
        // Relaxed, here and below: a model only waits for it, or is the last thread.
        self.state.load(Ordering::Relaxed) & (QUEUED | WOKEN) == QUEUED
    }

    /// Whether nobody holds it, queues or is kept out.
    fn is_unused(&self) -> bool {
        self.state.load(Ordering::Relaxed) == 0
    }
}
