//! Durations by length.

use core::fmt;
use std::time::Duration;

/// Buckets for each doubling: an upper bound exceeds what it stands for by a quarter at most.
const FINENESS: usize = 4;
/// Enough for an hour.
const BUCKETS: usize = 32 * FINENESS;

/// How many durations there were of which length. (As HdrHistogram counts, with two bits.)
///
/// # Examples
///
/// ```
/// let heap = gc::Heap::new();
/// heap.collect()?;
/// let pauses = heap.stats().pauses;
/// let counted: u64 = pauses.histogram.buckets().map(|(_, count)| count).sum();
/// assert_eq!(counted, pauses.count);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Histogram {
    /// Bucket `i` is for whole microseconds: up to 3 one for each number, then [`FINENESS`] for each doubling. The last one
    /// counts all that is longer, too.
    buckets: [u64; BUCKETS],
}

impl Histogram {
    /// What is counted: less than how much, and how often. In ascending order, without what did not occur.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// heap.collect()?;
    /// for (bound, count) in heap.stats().pauses.histogram.buckets() {
    ///     println!("{count} pauses of less than {bound:?}");
    /// }
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn buckets(&self) -> impl Iterator<Item = (Duration, u64)> {
        let counted = self.buckets.iter().enumerate().filter(|(_, count)| **count > 0);
        counted.map(|(bucket, &count)| (bound(bucket), count))
    }

    /// A duration that the part `share` of all did not exceed, from above and exact up to a quarter; zero if nothing was
    /// counted.
    ///
    /// # Examples
    ///
    /// ```
    /// let pauses = gc::Heap::new().stats().pauses;
    /// assert_eq!(pauses.histogram.quantile(0.5), std::time::Duration::ZERO); // there was none
    /// ```
    pub fn quantile(&self, share: f64) -> Duration {
        let all: u64 = self.buckets.iter().sum();
        let (mut counted, mut reached) = (0, Duration::ZERO);
        for (bound, count) in self.buckets() {
            reached = bound;
            counted += count;
            #[expect(clippy::cast_precision_loss, reason = "a share for people")]
            let is_enough = counted as f64 >= share * all as f64;
            if is_enough {
                break;
            }
        }
        reached
    }

    pub(super) fn note(&mut self, duration: Duration) {
        let micros = usize::try_from(duration.as_micros()).unwrap_or(usize::MAX);
        self.buckets[bucket(micros).min(BUCKETS - 1)] += 1;
    }
}

/// Which bucket counts so many microseconds.
fn bucket(micros: usize) -> usize {
    let Some(doublings) = micros.checked_ilog2().and_then(|log| log.checked_sub(FINENESS.ilog2())) else {
        return micros;
    };
    doublings as usize * FINENESS + (micros >> doublings)
}

/// What is counted in a bucket is less.
fn bound(bucket: usize) -> Duration {
    let doublings = (bucket / FINENESS).saturating_sub(1);
    Duration::from_micros(((bucket - doublings * FINENESS + 1) as u64) << doublings)
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: [0; BUCKETS] }
    }
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.buckets()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, Histogram, bound, bucket};
    use std::time::Duration;

    #[test]
    fn buckets_follow_one_another() {
        for micros in 0..100_000 {
            let of = bucket(micros);
            assert!(of == bucket(micros + 1) || of + 1 == bucket(micros + 1), "{micros}");
            let duration = Duration::from_micros(micros as u64);
            assert!(duration < bound(of) && (of == 0 || bound(of - 1) <= duration), "{micros}");
            assert!(bound(of) <= duration + duration / 4 + Duration::from_micros(1), "{micros}");
        }
    }

    #[test]
    fn quantiles_are_bounds_from_above() {
        let mut histogram = Histogram::default();
        (1..=1000).for_each(|millis| histogram.note(Duration::from_millis(millis)));
        for (share, millis) in [(0.0, 1), (0.5, 500), (0.99, 990), (0.9999, 1000), (1.0, 1000)] {
            let (found, exact) = (histogram.quantile(share), Duration::from_millis(millis));
            assert!(exact <= found && found <= exact * 5 / 4, "{share}: {found:?}");
        }
        histogram.note(Duration::MAX);
        assert_eq!(histogram.quantile(1.0), bound(BUCKETS - 1));
        assert_eq!(histogram.buckets().map(|(_, count)| count).sum::<u64>(), 1001);
    }
}
