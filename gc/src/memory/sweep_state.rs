//! Whether a span is swept: one word of the span against the heap's sweep generation.
//!
//! The heap's generation grows by two when a cycle has marked. Relative to it a span's word says
//!
//! ```text
//! -2  to sweep      ──begin (any thread, by exchange)──▶  -1
//! -1  being swept   ──finish (that thread)─────────────▶   0
//!  0  swept         ──the next cycle has marked────────▶  -2
//! ```
//!
//! (Go keeps a span's `sweepgen` so; what it has for cached spans is not needed, since mutators own runs of
//! slots and not spans.)

use crate::sync::{AtomicU32, Ordering};

/// The heap's sweep generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Generation(pub(super) u32);

/// Where a span stands in the present generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    ToSweep,
    BeingSwept,
    Swept,
}

/// The word of a span.
#[derive(Debug)]
pub(super) struct SweepState(AtomicU32);

impl SweepState {
    /// Of a new span, which has nothing to sweep.
    pub(super) fn swept(now: Generation) -> Self {
        Self(AtomicU32::new(now.0))
    }

    pub(super) fn progress(&self, now: Generation) -> Progress {
        // Acquire: pairs with the release in `finish`: what the sweep wrote is seen.
        match now.0.wrapping_sub(self.0.load(Ordering::Acquire)) {
            0 => Progress::Swept,
            1 => Progress::BeingSwept,
            2 => Progress::ToSweep,
            behind => unreachable!("a span missed a sweep: it is {behind} behind"),
        }
    }

    /// Makes the calling thread the one that sweeps the span, if nobody has begun.
    #[must_use = "who begins a sweep has to finish it"]
    pub(super) fn begin(&self, now: Generation) -> bool {
        let (to_sweep, being_swept) = (now.0.wrapping_sub(2), now.0.wrapping_sub(1));
        // Acquire: pairs with the release of the last `finish`.
        self.0.compare_exchange(to_sweep, being_swept, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Ends the sweep that the calling thread has begun.
    pub(super) fn finish(&self, now: Generation) {
        // Release: pairs with the acquire in `progress`.
        self.0.store(now.0, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::{Generation, Progress, SweepState};

    #[test]
    fn a_span_is_swept_once_in_each_generation() {
        for start in [0, 2, u32::MAX - 1] {
            let state = SweepState::swept(Generation(start));
            assert_eq!(state.progress(Generation(start)), Progress::Swept);
            assert!(!state.begin(Generation(start)));
            let next = Generation(start.wrapping_add(2));
            assert_eq!(state.progress(next), Progress::ToSweep);
            assert!(state.begin(next) && !state.begin(next));
            assert_eq!(state.progress(next), Progress::BeingSwept);
            state.finish(next);
            assert_eq!(state.progress(next), Progress::Swept);
        }
    }
}
