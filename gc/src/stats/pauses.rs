//! For how long threads were kept out.

use std::time::Duration;

#[cfg(doc)]
use super::Stats;
use super::{CycleStats, Histogram};
use crate::stall::ThreadInside;

/// For how long cycles kept threads from entering a mutation. See [`Stats::pauses`].
///
/// A pause goes from the closing of the gate, over the time that it took threads inside to leave and the time of marking,
/// until it was opened.
///
/// # Examples
///
/// ```
/// use gc::{Heap, PauseStats};
///
/// let heap = Heap::new();
/// heap.collect()?;
/// let pauses: PauseStats = heap.stats().pauses;
/// println!("{} pauses, of {:?} at most and in all {:?}", pauses.count, pauses.longest, pauses.total);
/// assert_eq!(pauses.count, 1);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PauseStats {
    /// Pauses, one for each cycle.
    pub count: u64,
    /// Time of all.
    pub total: Duration,
    /// The longest.
    pub longest: Duration,
    /// Time of all until every thread had left.
    pub stopping: Duration,
    /// The longest of these.
    pub longest_stopping: Duration,
    /// The last thread to leave in the longest of these: which mutation it was inside of, and how long that was
    /// waited for.
    pub waited_for: Option<ThreadInside>,
    /// Time of all spent marking.
    pub marking: Duration,
    /// The longest of these.
    pub longest_marking: Duration,
    /// Attempts that ended with threads still inside, and let everybody in again.
    pub failed_attempts: u64,
    /// Time for which these kept threads from entering.
    pub failed: Duration,
    /// How many pauses were how long.
    pub histogram: Histogram,
    /// Stops for something else than a cycle: to verify the heap, to look into it, to give memory back. They are in none of the
    /// figures above.
    pub other_stops: u64,
    /// For how long these kept threads from entering, all together.
    pub other: Duration,
}

impl PauseStats {
    /// A duration that the part `share` of all pauses did not exceed: 0.5 for the median, 0.9999 for all but one in ten
    /// thousand. Exact up to a quarter; zero if there was no pause.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// heap.collect()?;
    /// let pauses = heap.stats().pauses;
    /// assert!(pauses.quantile(0.99) <= pauses.longest);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn quantile(&self, share: f64) -> Duration {
        self.histogram.quantile(share).min(self.longest)
    }

    /// The share of a heap's time that went into collecting: see [`Stats::collector_share`].
    pub(crate) fn collector_share(&self, swept: Duration, age: Duration) -> f64 {
        let collector = self.total + self.failed + swept;
        (collector.as_secs_f64() / age.as_secs_f64().max(f64::MIN_POSITIVE)).min(1.0)
    }

    /// Counts the pause of a cycle.
    pub(super) fn note(&mut self, cycle: &CycleStats) {
        let CycleStats { pause, stopping, marking, waited_for, .. } = cycle;
        self.count += 1;
        self.total += *pause;
        self.longest = self.longest.max(*pause);
        self.stopping += *stopping;
        if *stopping > self.longest_stopping {
            (self.longest_stopping, self.waited_for) = (*stopping, waited_for.clone());
        }
        self.marking += *marking;
        self.longest_marking = self.longest_marking.max(*marking);
        self.histogram.note(*pause);
    }

    pub(crate) fn note_failed(&mut self, kept_out: Duration) {
        self.failed_attempts += 1;
        self.failed += kept_out;
    }

    pub(crate) fn note_other(&mut self, kept_out: Duration) {
        self.other_stops += 1;
        self.other += kept_out;
    }
}
