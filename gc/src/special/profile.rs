//! Profile records: which code has allocated what lives, and what has died, by samples.
//!
//! Every byte that is allocated is sampled with the same small chance: the distance between two samples has an
//! exponential distribution. That has no memory, so each thread can draw for itself, and for each class of objects, how
//! many of them come before the next sample. The fast path of allocation, which knows nothing of samples, is as it was: a
//! run of slots ends before the one that is sampled.
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
use std::collections::hash_map::RandomState;

use hashbrown::DefaultHashBuilder;
use hashbrown::hash_table::{Entry, HashTable};

use crate::os::calls;
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

#[derive(Debug)]
struct Bucket {
    origin: Origin,
    published: Counts,
    /// By the number of the cycle at whose end they are published.
    waiting: [Counts; TURNS],
}

/// Which bucket an object was counted in.
#[derive(Debug)]
pub(crate) struct Sample(usize);

#[derive(Debug, Default)]
struct Buckets {
    all: Vec<Bucket>,
    /// The places in there, by origin: a sample that is not the first of its origin allocates nothing.
    by_origin: HashTable<usize>,
    hasher: DefaultHashBuilder,
    /// Cycles whose marking has ended.
    cycle: usize,
    /// Whether anything was published.
    has_published: bool,
}

impl Buckets {
    /// The place of a bucket, which is made for the first sample of an origin.
    fn place(&mut self, stack: &[usize], object_bytes: usize, type_name: Option<&'static str>) -> usize {
        let Self { all, by_origin, hasher, .. } = self;
        let hash = |origin: (&[usize], usize, Option<&str>)| hasher.hash_one(origin);
        let parts = |place: &usize| {
            let Origin { stack, object_bytes, type_name } = &all[*place].origin;
            (&**stack, *object_bytes, *type_name)
        };
        let origin = (stack, object_bytes, type_name);
        match by_origin.entry(hash(origin), |place| parts(place) == origin, |place| hash(parts(place))) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                let place = all.len();
                free.insert(place);
                let origin = Origin { stack: stack.into(), object_bytes, type_name };
                all.push(Bucket { origin, published: Counts::default(), waiting: Default::default() });
                place
            }
        }
    }

    fn publish(&mut self, turn: usize) {
        for bucket in &mut self.all {
            bucket.published += core::mem::take(&mut bucket.waiting[turn % TURNS]);
        }
        self.has_published = true;
    }
}

/// What of the slots that a thread takes of a class comes before the next one that is sampled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead {
    slots: u64,
    /// For which this was drawn; zero, if nothing was.
    rate: usize,
}

impl Ahead {
    pub(crate) const UNKNOWN: Self = Self { slots: 0, rate: 0 };

    /// So many slots that were to come before the sample are not used.
    #[inline]
    pub(crate) fn give_back(&mut self, slots: u32) {
        self.slots = self.slots.saturating_add(slots.into());
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

    /// How many of the next `length` slots come before one that is sampled; none, if the first of them is.
    #[inline]
    pub(crate) fn before_sample(&self, ahead: &mut Ahead, slot_bytes: usize, length: u32) -> u32 {
        let rate = self.rate();
        if ahead.rate != rate {
            *ahead = Ahead { rate, slots: Self::draw(rate, slot_bytes) };
        }
        if rate == 0 {
            return length;
        }
        let before = u32::try_from(ahead.slots).map_or(length, |slots| slots.min(length));
        if before == 0 {
            ahead.slots = Self::draw(rate, slot_bytes);
        }
        ahead.slots -= u64::from(before);
        before
    }

    /// How many slots come before the next that is sampled.
    fn draw(rate: usize, slot_bytes: usize) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and if it were too large it would be the largest"
        )]
        match rate {
            0 | 1 => 0,
            rate => (exponential() * rate as f64 / slot_bytes.max(1) as f64) as u64,
        }
    }

    /// Counts an object that this thread is about to make.
    pub(crate) fn note_allocated(&self, object_bytes: usize, type_name: Option<&'static str>) -> Sample {
        let mut stack = [0; MAX_FRAMES];
        let n = calls::return_addresses(&mut stack);
        let mut buckets = self.buckets.lock();
        let place = buckets.place(&stack[..n], object_bytes, type_name);
        let turn = (buckets.cycle + 2) % TURNS;
        buckets.all[place].waiting[turn].allocs += 1;
        Sample(place)
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
        buckets.all.iter().map(|bucket| (bucket.origin.clone(), counts(bucket))).collect()
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
    use super::{Ahead, Counts, Profiler};

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
        let mut ahead = Ahead::UNKNOWN;
        assert_eq!(profiler.before_sample(&mut ahead, 32, 64), 64);
        profiler.set_rate(1);
        assert!((0..1000).all(|_| profiler.before_sample(&mut ahead, 8, 64) == 0));
        for (rate, slot_bytes, length) in
            [(512 << 10, 64, 64), (1000, 16, 8), (4096, 8192, 1), (100, 1000, 64)]
        {
            profiler.set_rate(rate);
            let (mut slots, mut sampled) = (0_u32, 0);
            while sampled < 20_000 {
                match profiler.before_sample(&mut ahead, slot_bytes, length) {
                    0 => (slots, sampled) = (slots + 1, sampled + 1),
                    // A part of them is not used, which must not matter.
                    before => {
                        ahead.give_back(before / 2);
                        slots += before - before / 2;
                    }
                }
            }
            // Each slot is sampled if any of its bytes is.
            let chance = 1.0 - (-(slot_bytes as f64) / rate as f64).exp();
            let share = f64::from(sampled) / f64::from(slots);
            // Six standard deviations of a number of samples.
            let error = 6.0 * chance / f64::from(sampled).sqrt() + 1e-9;
            assert!((share - chance).abs() <= error, "{rate} {slot_bytes} {length}: {share} of {chance}");
        }
    }
}
