//! The lock of [`GcRwLock`](super::GcRwLock): eight bytes, fair, and never poisoned.
//!
//! A thread that cannot have the lock queues in one of the process's buckets, first come first served, and
//! marks the lock as contended; from then on nobody takes it without queueing. Whoever releases a contended
//! lock passes it on to the first in the queue, or to all readers in front of the next writer: it takes them out of
//! the queue, and who is no longer in it has the lock.
//!
//! Who waits does so for a condition, never by `std::thread::park`: that belongs to the program, which may unpark a
//! thread for a reason of its own while it waits here.
//!
//! ```text
//! bit 31       contended: threads queue
//! bit 30       held by a writer
//! bits 29 .. 0 readers that hold it
//! ```
//!
//! Beside this state it has an identity, by which threads note that they hold it: its address may be that of another
//! lock soon.

use crate::sync::fixed::AtomicU32;
use crate::sync::{Arc, Condvar, LazyLock, Mutex, Ordering, Rank};

const CONTENDED: u32 = 1 << 31;
const WRITER: u32 = 1 << 30;
const READERS: u32 = WRITER - 1;

/// How a lock is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Shared,
    Exclusive,
}

impl Mode {
    /// What taking the lock adds to its state.
    fn holds(self) -> u32 {
        match self {
            Self::Shared => 1,
            Self::Exclusive => WRITER,
        }
    }

    /// Whether a lock in this state, queue aside, can be taken.
    fn is_free(self, state: u32) -> bool {
        match self {
            Self::Shared => state & WRITER == 0 && state & READERS < READERS,
            Self::Exclusive => state & (WRITER | READERS) == 0,
        }
    }
}

/// A thread in a queue.
#[derive(Debug)]
struct Waiter {
    /// Address of the lock.
    lock: usize,
    mode: Mode,
    /// Tells the thread, and nobody else, that it has left the queue. Used with the bucket's lock.
    granted: Arc<Condvar>,
}

/// Queues of all locks, in as many lists as keep them short.
static BUCKETS: LazyLock<[Mutex<Vec<Waiter>>; 64]> =
    LazyLock::new(|| core::array::from_fn(|_| Mutex::new(Rank::Parking, Vec::new())));

/// A reader-writer lock without contents.
#[derive(Debug)]
pub(super) struct RawLock {
    state: AtomicU32,
    /// Zero until it is asked for.
    identity: AtomicU32,
}

impl RawLock {
    pub(super) const fn new() -> Self {
        Self { state: AtomicU32::new(0), identity: AtomicU32::new(0) }
    }

    /// The identity of the lock, which no other one has (of the last 2^32).
    pub(super) fn identity(&self) -> u32 {
        // Relaxed, here and below: only uniqueness matters.
        match self.identity.load(Ordering::Relaxed) {
            0 => self.identify(),
            identity => identity,
        }
    }

    #[cold]
    fn identify(&self) -> u32 {
        static NEXT: AtomicU32 = AtomicU32::new(1);
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

    /// Takes the lock if it is free and nobody queues.
    pub(super) fn try_lock(&self, mode: Mode) -> bool {
        let take = |state| (state & CONTENDED == 0 && mode.is_free(state)).then(|| state + mode.holds());
        // Acquire: pairs with the release in `unlock`: what was done under the lock is seen.
        self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, take).is_ok()
    }

    /// Takes the lock for reading, whoever queues, if it is held for reading: for a thread that holds it and
    /// would wait for itself behind a writer.
    pub(super) fn try_lock_shared_again(&self) -> bool {
        let again = |state| (state & READERS != 0 && Mode::Shared.is_free(state)).then(|| state + 1);
        // Acquire: pairs with the release in `unlock`, as the caller may be wrong about holding it.
        self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, again).is_ok()
    }

    /// Waits for the lock.
    #[cold]
    pub(super) fn lock_slow(&self, mode: Mode) {
        let mut queue = self.bucket().lock();
        let first = !queue.iter().any(|waiter| waiter.lock == self.address());
        let mut state = self.state.load(Ordering::Relaxed);
        loop {
            let free = first && mode.is_free(state);
            let next = if free { state + mode.holds() } else { state | CONTENDED };
            // Acquire: pairs with the release in `unlock`.
            match self.state.compare_exchange_weak(state, next, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) if free => return,
                Ok(_) => break,
                Err(now) => state = now,
            }
        }
        let granted = Arc::new(Condvar::new());
        queue.push(Waiter { lock: self.address(), mode, granted: Arc::clone(&granted) });
        // What was done under the lock is seen: `pass_on` has acquired it before it took us out of the queue.
        while queue.iter().any(|waiter| Arc::ptr_eq(&waiter.granted, &granted)) {
            // Ended by the last holder, who passes the lock on: code of the program, or a guard that is leaked.
            queue = granted.wait(queue, "a `GcRwLock` that others hold");
        }
    }

    /// Gives the lock up.
    pub(super) fn unlock(&self, mode: Mode) {
        // Release: pairs with the acquire of the next holder.
        let left = self.state.fetch_sub(mode.holds(), Ordering::Release) - mode.holds();
        if left & CONTENDED != 0 && left & (READERS | WRITER) == 0 {
            self.pass_on();
        }
    }

    /// Passes a contended lock to the first in the queue.
    #[cold]
    fn pass_on(&self) {
        let mut queue = self.bucket().lock();
        // Acquire: pairs with the release of the last holder, for whom the lock is passed on.
        let mut state = self.state.load(Ordering::Acquire);
        while let Some(at) = queue.iter().position(|waiter| waiter.lock == self.address()) {
            let mode = queue[at].mode;
            if !mode.is_free(state) {
                return;
            }
            // While the lock is contended only holders change it, and they only leave (or, for readers, take
            // it again): what is free stays free.
            state = self.state.fetch_add(mode.holds(), Ordering::AcqRel) + mode.holds();
            queue.remove(at).granted.notify_all();
            if mode == Mode::Exclusive {
                break;
            }
        }
        if !queue.iter().any(|waiter| waiter.lock == self.address()) {
            // Relaxed: nobody queues, and the bucket is locked, so nobody begins to.
            self.state.fetch_and(!CONTENDED, Ordering::Relaxed);
        }
    }

    fn address(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }

    fn bucket(&self) -> &'static Mutex<Vec<Waiter>> {
        &BUCKETS[(self.address() >> 4).wrapping_mul(0x9E37_79B9) >> 8 & 63]
    }
}
