//! How long a thread waits that came too late.
//!
//! T. E. Anderson, *The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors*, IEEE Transactions on
//! Parallel and Distributed Systems 1(1), 1990.
//!
//! A word that two processors change by turns travels between their caches each time, which takes longer than the
//! change itself. A thread whose exchange failed leaves the word alone for a moment, the longer the more often it
//! fails: meanwhile the other one changes it many times where it is. Nobody waits *for* anything, so the structures
//! stay free of locks: a thread that is stopped here holds up no other.

use std::hint::spin_loop;

/// Rounds of the first wait: about as long as a word takes to travel there and back.
const FIRST: u32 = 32;
/// Rounds of the longest.
const MOST: u32 = 1024;

/// The waits of one operation.
pub(crate) struct Backoff {
    rounds: u32,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { rounds: FIRST }
    }

    /// Waits, twice as long as the last time.
    #[cold]
    pub(crate) fn wait(&mut self) {
        (0..self.rounds).for_each(|_| spin_loop());
        self.rounds = (self.rounds * 2).min(MOST);
    }
}
