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
//! A span that is given up is *retired*: a state of its own, which no sweep begins from. The word may be asked at any
//! time as long as the descriptor exists, by who knows the span from long ago: see [`SpanPool`](super::span_pool).
//! So that nothing from long ago is taken for something of today the generation never wraps.
//!
//! (Go keeps a span's `sweepgen` so; what it has for cached spans is not needed, since mutators own runs of
//! slots and not spans.)

use crate::sync::{AtomicU64, Ordering, is_left_out};

/// The heap's sweep generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Generation(pub(super) u64);

/// Where a span stands in the present generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    ToSweep,
    BeingSwept,
    Swept,
    /// The span is gone.
    Retired,
}

/// Of a span that is gone: odd, and far from any generation.
const RETIRED: u64 = u64::MAX;

/// The word of a span.
#[derive(Debug)]
pub(super) struct SweepState(AtomicU64);

impl SweepState {
    /// Of a new span, which has nothing to sweep.
    pub(super) fn swept(now: Generation) -> Self {
        Self(AtomicU64::new(now.0))
    }

    pub(super) fn progress(&self, now: Generation) -> Progress {
        // Acquire: pairs with the release in `finish`: what the sweep wrote is seen.
        match self.0.load(Ordering::Acquire) {
            RETIRED => Progress::Retired,
            state => match now.0.wrapping_sub(state) {
                0 => Progress::Swept,
                1 => Progress::BeingSwept,
                2 => Progress::ToSweep,
                behind => unreachable!("a span missed a sweep: it is {behind} behind"),
            },
        }
    }

    /// Makes the calling thread the one that sweeps the span, if nobody has begun.
    #[must_use = "who begins a sweep has to finish it"]
    pub(super) fn begin(&self, now: Generation) -> bool {
        let (to_sweep, being_swept) = (now.0.wrapping_sub(2), now.0.wrapping_sub(1));
        if is_left_out("beginning by exchange") && self.progress(now) == Progress::ToSweep {
            self.0.store(being_swept, Ordering::Relaxed);
            return true;
        }
        // Acquire: pairs with the release of the last `finish`.
        self.0.compare_exchange(to_sweep, being_swept, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Ends the sweep that the calling thread has begun.
    pub(super) fn finish(&self, now: Generation) {
        // Release: pairs with the acquire in `progress`.
        let order = if is_left_out("publishing a sweep") { Ordering::Relaxed } else { Ordering::Release };
        self.0.store(now.0, order);
    }

    /// The span, which is swept, is given up.
    pub(super) fn retire(&self) {
        // Release: pairs with the acquire in `progress`: what its last sweep wrote is seen.
        self.0.store(RETIRED, Ordering::Release);
    }

    /// The retired span has new pages, and nothing to sweep.
    pub(super) fn reuse(&self, now: Generation) {
        // Release: pairs with the acquire in `progress`, as for `retire`.
        self.0.store(now.0, Ordering::Release);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Generation, Progress, SweepState};

    #[test]
    fn a_span_is_swept_once_in_each_generation() {
        for start in [0, 2, u64::MAX / 2 + 1] {
            let state = SweepState::swept(Generation(start));
            assert_eq!(state.progress(Generation(start)), Progress::Swept);
            assert!(!state.begin(Generation(start)));
            let next = Generation(start + 2);
            assert_eq!(state.progress(next), Progress::ToSweep);
            assert!(state.begin(next) && !state.begin(next));
            assert_eq!(state.progress(next), Progress::BeingSwept);
            state.finish(next);
            assert_eq!(state.progress(next), Progress::Swept);
            state.retire();
            assert_eq!(state.progress(next), Progress::Retired);
            assert!((0..4).all(|later| !state.begin(Generation(next.0 + 2 * later))));
            state.reuse(next);
            assert_eq!(state.progress(next), Progress::Swept);
        }
    }
}
