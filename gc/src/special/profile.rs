//! Profile records: which code has allocated what lives, and what has died, by samples.
//!
//! Every byte that is allocated is sampled with the same small chance: the distance between two samples has an
//! exponential distribution. That has no memory, so each run of slots of a thread can draw for itself where in it the
//! first sample lies, and the fast path of allocation, which knows nothing of samples, is as it was: a run ends before the
//! slot that is sampled.
//!
//! # Cycles
//!
//! What has been allocated is known at once, what has died only when it is swept. So that both are told as of one moment,
//! the end of a cycle's marking, counts wait for their turn: allocations for the end of the next cycle's marking but one,
//! deaths, which the sweep between the two finds, for the next. Then they are published.
//!
//! (Go's heap profile, with its default of one sample for 512 KiB. It draws for each thread, and looks at each
//! allocation.)

use core::cell::Cell;
use core::hash::{BuildHasher, Hasher};
use core::ops::AddAssign;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;

use crate::sync::{AtomicUsize, Mutex, Ordering, Rank};

/// Frames of a stack that are kept.
const MAX_FRAMES: usize = 64;
/// Counts that wait for their turn, and those whose turn it is.
const TURNS: usize = 3;

/// Addresses in code, innermost first.
pub(crate) type Stack = Box<[usize]>;

/// What objects have in common that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Origin {
    pub(crate) stack: Stack,
    /// Of each.
    pub(crate) object_bytes: usize,
    /// Where types are told apart.
    pub(crate) type_name: Option<&'static str>,
}

/// What was sampled of one origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) allocs: u64,
    pub(crate) frees: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.allocs += other.allocs;
        self.frees += other.frees;
    }
}

#[derive(Debug, Default)]
struct Bucket {
    published: Counts,
    /// By the number of the cycle at whose end they are published.
    waiting: [Counts; TURNS],
}

/// Which bucket an object was counted in.
#[derive(Debug)]
pub(crate) struct Sample(usize);

#[derive(Debug, Default)]
struct Buckets {
    by_origin: HashMap<Origin, usize>,
    all: Vec<Bucket>,
    /// Cycles whose marking has ended.
    cycle: usize,
    /// Whether anything was published.
    has_published: bool,
}

impl Buckets {
    fn publish(&mut self, turn: usize) {
        for bucket in &mut self.all {
            bucket.published += core::mem::take(&mut bucket.waiting[turn % TURNS]);
        }
        self.has_published = true;
    }
}

/// The profile of a heap.
#[derive(Debug)]
pub(crate) struct Profiler {
    /// The mean of bytes between two samples; zero for no samples. Relaxed: a setting.
    rate: AtomicUsize,
    buckets: Mutex<Buckets>,
}

impl Profiler {
    pub(crate) fn new() -> Self {
        Self { rate: AtomicUsize::new(0), buckets: Mutex::new(Rank::Profile, Buckets::default()) }
    }

    pub(crate) fn rate(&self) -> usize {
        self.rate.load(Ordering::Relaxed)
    }

    pub(crate) fn set_rate(&self, bytes: usize) {
        self.rate.store(bytes, Ordering::Relaxed);
    }

    /// How many of the next `n` slots come before the first that is sampled, if one is. Draws.
    pub(crate) fn before_sample(&self, slot_bytes: usize, n: u32) -> Option<u32> {
        let before = match self.rate() {
            0 => return None,
            1 => 0.0,
            rate => (exponential() * rate as f64 / slot_bytes.max(1) as f64).floor(),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and less than n"
        )]
        (before < f64::from(n)).then_some(before as u32)
    }

    /// Counts an object that this thread is about to make.
    pub(crate) fn note_allocated(&self, object_bytes: usize, type_name: Option<&'static str>) -> Sample {
        let mut frames = Vec::new();
        backtrace::trace(|frame| {
            // The outermost one of a thread has none.
            frames.extend(Some(frame.ip().addr()).filter(|&address| address != 0));
            frames.len() < MAX_FRAMES
        });
        let mut buckets = self.buckets.lock();
        let fresh = buckets.all.len();
        let origin = Origin { stack: frames.into(), object_bytes, type_name };
        let index = *buckets.by_origin.entry(origin).or_insert(fresh);
        if index == fresh {
            buckets.all.push(Bucket::default());
        }
        let turn = (buckets.cycle + 2) % TURNS;
        buckets.all[index].waiting[turn].allocs += 1;
        Sample(index)
    }

    /// Counts objects that a sweep has found dead.
    pub(crate) fn note_dead(&self, samples: &[Sample]) {
        if samples.is_empty() {
            return;
        }
        let mut buckets = self.buckets.lock();
        let turn = (buckets.cycle + 1) % TURNS;
        for sample in samples {
            buckets.all[sample.0].waiting[turn].frees += 1;
        }
    }

    /// An object was not made after all.
    pub(crate) fn note_unmade(&self, sample: &Sample) {
        let mut buckets = self.buckets.lock();
        let turn = (buckets.cycle + 2) % TURNS;
        buckets.all[sample.0].waiting[turn].allocs -= 1;
    }

    /// Marking has ended: what has waited for that is published.
    pub(crate) fn end_marking(&self) {
        let mut buckets = self.buckets.lock();
        if !buckets.all.is_empty() {
            buckets.cycle += 1;
            let now = buckets.cycle;
            buckets.publish(now);
        }
    }

    /// Cycles whose marking has ended.
    pub(crate) fn cycle(&self) -> usize {
        self.buckets.lock().cycle
    }

    /// The sweep after this cycle has ended: what would wait for the next one need not. Unless that has come: then not
    /// all deaths of its turn are known.
    pub(crate) fn end_sweep(&self, cycle: usize) {
        let mut buckets = self.buckets.lock();
        if !buckets.all.is_empty() && buckets.cycle == cycle {
            buckets.publish(cycle + 1);
        }
    }

    /// What is published; all that is known if no cycle has ended.
    pub(crate) fn counts(&self) -> Vec<(Origin, Counts)> {
        let buckets = self.buckets.lock();
        let counts = |bucket: &Bucket| {
            let mut counts = bucket.published;
            if !buckets.has_published {
                bucket.waiting.iter().for_each(|&waiting| counts += waiting);
            }
            counts
        };
        let all = buckets.by_origin.iter();
        all.map(|(origin, &index)| (origin.clone(), counts(&buckets.all[index]))).collect()
    }
}

/// A number with an exponential distribution and a mean of one.
fn exponential() -> f64 {
    thread_local! {
        static STATE: Cell<u64> = Cell::new(RandomState::new().build_hasher().finish() | 1);
    }
    // By an xorshift generator with a multiplication, whose upper bits are good (Vigna's xorshift64*).
    let bits = STATE.try_with(|state| {
        let mut x = state.get();
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        state.set(x);
        x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    });
    // While a thread's thread-locals are destroyed it takes the mean.
    let uniform = bits.map_or(0.367_879, |bits| (bits + 1) as f64 / (1_u64 << 53) as f64);
    -uniform.ln()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Counts, Profiler};

    fn total(profiler: &Profiler) -> Counts {
        let mut total = Counts::default();
        profiler.counts().into_iter().for_each(|(_, counts)| total += counts);
        total
    }

    fn counts(allocs: u64, frees: u64) -> Counts {
        Counts { allocs, frees }
    }

    /// Statements 211 and 212: what was allocated and what has died is told as of one moment.
    #[test]
    fn counts_wait_for_their_turn() {
        let profiler = Profiler::new();
        let mut samples: Vec<_> = (0..4).map(|_| profiler.note_allocated(32, None)).collect();
        assert_eq!(total(&profiler), counts(4, 0), "no cycle has ended: all that is known");
        profiler.end_marking();
        assert_eq!(total(&profiler), counts(0, 0), "their deaths are not known yet");
        profiler.note_dead(&samples.split_off(3));
        samples.push(profiler.note_allocated(32, None));
        assert_eq!(total(&profiler), counts(0, 0));
        profiler.end_marking();
        assert_eq!(total(&profiler), counts(4, 1), "as of the end of the first marking");
        let late = profiler.note_allocated(32, None);
        profiler.note_dead(&samples);
        profiler.end_sweep(profiler.cycle() - 1);
        assert_eq!(total(&profiler), counts(4, 1), "another sweep has ended");
        profiler.end_sweep(profiler.cycle());
        assert_eq!(total(&profiler), counts(5, 5), "the sweep has ended");
        profiler.end_marking();
        assert_eq!(total(&profiler), counts(5, 5), "nothing is told twice");
        profiler.note_dead(&[late]);
        profiler.end_marking();
        assert_eq!(total(&profiler), counts(6, 6));
        let unmade = profiler.note_allocated(32, None);
        profiler.note_unmade(&unmade);
        (0..3).for_each(|_| profiler.end_marking());
        assert_eq!(total(&profiler), counts(6, 6));
    }

    /// [209] Exponential distances, every allocation at a rate of one, none at zero.
    #[test]
    fn samples_are_spread_evenly_over_bytes() {
        let profiler = Profiler::new();
        assert_eq!(profiler.before_sample(32, 64), None);
        profiler.set_rate(1);
        assert!((0..1000).all(|_| profiler.before_sample(8, 64) == Some(0)));
        for (rate, slot_bytes, n) in [(512 << 10, 64, 64), (1000, 16, 8), (4096, 8192, 1), (100, 1000, 64)] {
            profiler.set_rate(rate);
            let expected = 1.0 - (-(slot_bytes as f64 * f64::from(n)) / rate as f64).exp();
            let draws = 400_000;
            let sampled = (0..draws).filter(|_| profiler.before_sample(slot_bytes, n).is_some()).count();
            let share = sampled as f64 / f64::from(draws);
            // Six standard deviations.
            let error = 6.0 * (expected * (1.0 - expected) / f64::from(draws)).sqrt() + 1e-9;
            assert!((share - expected).abs() <= error, "{rate} {slot_bytes} {n}: {share} of {expected}");
        }
    }
}
