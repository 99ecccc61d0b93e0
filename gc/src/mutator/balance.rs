//! How far a heap grows between two cycles if the program does not say: as far as is worth the memory.
//!
//! Each cycle marks all that is live. The shorter the way from one to the next, the more of the time goes into marking;
//! the longer, the more memory lies in garbage, and the longer it lies there. So a cycle is due when
//!
//! ```text
//! allocated * running >= WEIGHT * live * marking
//! ```
//!
//! where `running` is the time since the last cycle and `marking` what that took. While a program goes on as it does the
//! headroom is `live * sqrt(WEIGHT * r)`, with `r` what is allocated in as much time as a cycle marks, as part of what is
//! live: the square root rule of Kirisame, Shenoy and Panchekha, *Optimal Heap Limits for Reducing Browser Memory Use*
//! (OOPSLA 2022). Theirs weighs the heaps of one process against each other, in bytes; here headroom is a part of the heap,
//! so that one weight serves small and large ones. In this form nothing is foretold: a program that stops building its
//! data and begins to use them is seen at once.
//!
//! A program that does nothing but allocate gets as much headroom as is live, which is Go's rule, and in a small heap up to
//! three times that: what it takes is little, next to what a process takes anyway, and what it saves is half of the marking
//! and more. One that allocates slowly, or does much else, gets a quarter of what is live. Time is the processor's: a
//! program that waits has lost nothing, and one beside others is no other program.

use std::time::Duration;

/// What a part of the time is worth, in parts of the heap: chosen by the benchmark `peers`. With half of it `strings`, which
/// allocates much, became a seventh slower, with more the cache took memory that made it no faster.
const WEIGHT: f64 = 4.0;

/// By how many percent of what is live a heap may grow before a cycle is weighed.
pub(super) const LEAST_PERCENT: u32 = 25;

/// Bytes up to which a small heap may grow by [`MOST_TIMES`] what is live before a cycle is due in any case.
const SMALL_BYTES: u64 = 32 << 20;
const MOST_TIMES: u64 = 3;

/// By how many bytes a heap may grow before a cycle is due in any case.
pub(super) fn most(live: u64) -> u64 {
    live.max(SMALL_BYTES.min(live.saturating_mul(MOST_TIMES)))
}

/// What is known since a cycle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    /// Bytes that it found alive.
    pub(super) live: u64,
    /// The processor time of its marking.
    pub(super) marking: Duration,
    /// Bytes that were allocated since.
    pub(super) allocated: u64,
    /// The processor time that was used since.
    pub(super) running: Duration,
}

impl Interval {
    // ANCHOR: is_over
    /// Whether another cycle is worth its time.
    pub(super) fn is_over(self) -> bool {
        let Self { live, marking, allocated, running } = self;
        allocated as f64 * running.as_secs_f64() >= WEIGHT * live as f64 * marking.as_secs_f64()
    }
    // ANCHOR_END: is_over
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use super::{Interval, most};

    const MIB: u64 = 1 << 20;

    /// By how many percent a heap grows, in steps of one, of which a percent is allocated in so much time.
    fn grows_by(live: u64, marking_ms: u64, percent_ms: u64) -> Option<u64> {
        (1..1000).find(|&percent| {
            let (marking, running) =
                (Duration::from_millis(marking_ms), Duration::from_millis(percent * percent_ms));
            Interval { live, marking, allocated: live / 100 * percent, running }.is_over()
        })
    }

    #[test]
    fn headroom_grows_with_the_root_of_the_rate() {
        assert_eq!(grows_by(400 * MIB, 20, 8), Some(32), "a percent in 8 ms: 2.5 in the time of marking");
        assert_eq!(grows_by(400 * MIB, 20, 2), Some(64));
        assert_eq!(grows_by(400 * MIB, 80, 8), Some(64));
        assert_eq!(grows_by(4 * MIB, 20, 8), Some(32), "as part of the heap, whatever its size");
        assert_eq!(grows_by(400 * MIB, 40, 16), Some(32), "on a slow machine, too");
    }

    #[test]
    fn a_small_heap_may_grow_by_more() {
        for (live, grows) in
            [(0, 0), (1, 3), (8, 24), (10, 30), (11, 32), (20, 32), (32, 32), (33, 33), (400, 400)]
        {
            assert_eq!(most(live * MIB), grows * MIB, "{live} MiB");
        }
        assert_eq!(most(u64::MAX), u64::MAX);
    }

    #[test]
    fn extremes_decide_for_or_against() {
        assert_eq!(grows_by(400 * MIB, 0, 8), Some(1), "marking costs nothing");
        assert_eq!(grows_by(400 * MIB, 20, 0), None, "allocation takes no time");
        let (live, allocated, marking, running) = (u64::MAX, u64::MAX, Duration::MAX, Duration::MAX);
        assert!(!Interval { live, marking, allocated, running }.is_over());
        assert!(Interval { live: 0, marking, allocated, running }.is_over());
    }
}
