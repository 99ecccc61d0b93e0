//! Whether a worker looks ahead: asks for the marks of what the objects in its ring point to.
//!
//! That halves the time of a large heap whose edges lead anywhere, as few of its marks are in a cache, and costs half as much
//! again where they are, as those of most trees. Which of the two it is depends on the heap, its edges, the processor, and
//! on who else uses its caches. So it is tried: some runs of batches are timed, by turns with and without, and for many more
//! that is done which has taken less time. Runs, as a batch may be much dearer than the next: elements of a slice are shaded many
//! at a time.

use core::time::Duration;
use std::time::Instant;

use crate::memory::AddressMap;

/// Batches of a run.
const RUN: u32 = 16;

/// Batches that are timed: two runs each way.
const TIMED: u32 = 4 * RUN;

/// Batches from one trial to the next, those that are timed included.
const PERIOD: u32 = 64 * TIMED;

/// What a worker knows of it.
#[derive(Debug)]
pub(super) struct LookAhead {
    is_on: bool,
    /// Batches since the last trial began.
    batch: u32,
    /// When the run began that is timed.
    since: Option<Instant>,
    /// How long runs without took, and those with.
    took: [Duration; 2],
}

impl LookAhead {
    pub(super) const fn new() -> Self {
        Self { is_on: false, batch: PERIOD - 1, since: None, took: [Duration::ZERO; 2] }
    }

    /// Whether to look ahead in this batch.
    #[inline(always)]
    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    /// A batch begins.
    #[inline]
    pub(super) fn begin_batch(&mut self, map: &AddressMap) {
        if map.is_large() {
            self.decide(Instant::now);
        } else {
            self.is_on = false;
        }
    }

    fn decide(&mut self, now: impl FnOnce() -> Instant) {
        self.batch = (self.batch + 1) % PERIOD;
        if self.batch > TIMED || !self.batch.is_multiple_of(RUN) {
            return;
        }
        let now = now();
        if let Some(since) = self.since.replace(now) {
            self.took[usize::from(self.is_on)] += now - since;
        }
        self.is_on = (self.batch / RUN).is_multiple_of(2);
        if self.batch == TIMED {
            let [without, with] = core::mem::take(&mut self.took);
            // Not for a gain so small that it may be none.
            (self.is_on, self.since) = (with + with / 32 < without, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;
    use std::time::Instant;

    use super::{LookAhead, PERIOD, RUN, TIMED};

    #[test]
    fn what_takes_less_time_is_done() {
        let mut look_ahead = LookAhead::new();
        let mut now = Instant::now();
        for [without, with] in [[50, 40], [40, 50], [40, 50], [50, 40], [50, 49]] {
            let took = |is_on| Duration::from_nanos(if is_on { with } else { without });
            let mut n_on = 0;
            for batch in 0..PERIOD {
                let (mut is_timed, before) = (false, look_ahead.is_on());
                look_ahead.decide(|| {
                    is_timed = true;
                    // What lies between two trials is no part of either.
                    now += if batch == 0 { Duration::from_secs(1) } else { took(before) * RUN };
                    now
                });
                assert_eq!(is_timed, batch <= TIMED && batch % RUN == 0);
                if batch < TIMED {
                    n_on += u32::from(look_ahead.is_on());
                } else {
                    assert_eq!(look_ahead.is_on(), with == 40);
                }
            }
            assert_eq!(n_on, TIMED / 2);
        }
    }
}
