//! The only door to atomics, locks and thread-locals of the standard library, so that a model checker can
//! take their place, and the order in which locks are taken.
//!
//! # Lock order
//!
//! A thread takes locks in the order of [`Rank`] only; debug builds check it. No code of the program runs
//! while a lock is held.

pub(crate) use std::sync::Arc;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use std::cell::Cell;
use std::sync::PoisonError;
use std::time::Duration;

/// Which lock, in the order in which they may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// All mutators of the process.
    Mutators = 1,
    /// Who is inside a mutation of a heap.
    Gate,
    /// The pages, spans and classes of a heap.
    Memory,
    /// The counters of a heap.
    Totals,
    /// The root slots of a heap.
    Roots,
    /// Destructors that are due.
    Destructors,
    /// One bucket of the parking lot.
    Parking,
}

thread_local! {
    /// Ranks of the locks that this thread holds, as bits.
    static HELD: Cell<u32> = const { Cell::new(0) };
}

/// A lock that knows its rank. A panic does not poison it: no code that could panic half-way runs under it.
#[derive(Debug)]
pub(crate) struct Mutex<T> {
    rank: Rank,
    inner: std::sync::Mutex<T>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(rank: Rank, value: T) -> Self {
        Self { rank, inner: std::sync::Mutex::new(value) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        let held = Held::acquire(self.rank);
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        MutexGuard { inner, held }
    }
}

/// Access to what a [`Mutex`] guards.
#[derive(Debug)]
pub(crate) struct MutexGuard<'a, T> {
    inner: std::sync::MutexGuard<'a, T>,
    held: Held,
}

impl<T> core::ops::Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> core::ops::DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}

/// Notes, in debug builds, that this thread holds a lock.
#[derive(Debug)]
struct Held {
    bit: u32,
}

impl Held {
    fn acquire(rank: Rank) -> Self {
        if !cfg!(debug_assertions) {
            return Self { bit: 0 };
        }
        let bit = 1 << rank as u32;
        HELD.with(|held| {
            assert!(held.get() < bit, "lock {rank:?} is taken out of order (held: {:#b})", held.get());
            held.set(held.get() | bit);
        });
        Self { bit }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.bit != 0 {
            HELD.with(|held| held.set(held.get() & !self.bit));
        }
    }
}

/// Wakes threads that wait for a change of what a [`Mutex`] guards.
#[derive(Debug, Default)]
pub(crate) struct Condvar(std::sync::Condvar);

impl Condvar {
    pub(crate) const fn new() -> Self {
        Self(std::sync::Condvar::new())
    }

    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        let MutexGuard { inner, held } = guard;
        let inner = self.0.wait(inner).unwrap_or_else(PoisonError::into_inner);
        MutexGuard { inner, held }
    }

    /// Waits while `condition` holds, at most `limit`.
    pub(crate) fn wait_timeout_while<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
        condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        let MutexGuard { inner, held } = guard;
        let (inner, _) =
            self.0.wait_timeout_while(inner, limit, condition).unwrap_or_else(PoisonError::into_inner);
        MutexGuard { inner, held }
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Mutex, Rank};

    #[test]
    #[cfg(debug_assertions)]
    fn locks_out_of_order_are_found() {
        let (gate, memory) = (Mutex::new(Rank::Gate, ()), Mutex::new(Rank::Memory, ()));
        {
            let _gate = gate.lock();
            let _memory = memory.lock();
        }
        let reversed = std::panic::catch_unwind(|| {
            let _memory = memory.lock();
            let _gate = gate.lock();
        });
        assert!(reversed.is_err());
    }
}
