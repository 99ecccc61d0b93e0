//! What a source has said, as objects.

use std::sync::atomic::{AtomicU8, Ordering};

use gc::{Gc, GcCell, Mutation, Trace};

/// How many samples of a source are kept: older ones are garbage.
pub const KEPT: usize = 10;

/// What one source has said so far.
#[derive(Debug, Trace)]
pub struct Recorder<'gc> {
    /// Where C writes. Atomic, as the compiler must not believe that nobody does.
    buffer: Gc<'gc, [AtomicU8]>,
    latest: GcCell<Option<Gc<'gc, Sample<'gc>>>>,
    n_rounds: GcCell<usize>,
}

/// What was in a buffer once.
#[derive(Debug, Trace)]
pub struct Sample<'gc> {
    round: usize,
    sum: u64,
    before: GcCell<Option<Gc<'gc, Sample<'gc>>>>,
}

impl<'gc> Recorder<'gc> {
    /// A recorder with a buffer of so many bytes.
    pub fn new(mc: &Mutation<'gc>, n_bytes: usize) -> Gc<'gc, Self> {
        let buffer = Gc::from_iter(mc, (0..n_bytes).map(|_| AtomicU8::new(0)));
        Gc::new(mc, Self { buffer, latest: GcCell::new(None), n_rounds: GcCell::new(0) })
    }

    /// The buffer.
    pub fn buffer(&self) -> Gc<'gc, [AtomicU8]> {
        self.buffer
    }

    /// Makes a sample of what is in the buffer, and forgets the oldest if there are enough.
    pub fn record(&self, mc: &Mutation<'gc>, round: usize) {
        let sum = self.buffer.iter().map(|byte| u64::from(byte.load(Ordering::Relaxed))).sum();
        let sample = Gc::new(mc, Sample { round, sum, before: GcCell::new(self.latest.get()) });
        self.latest.set(mc, Some(sample));
        self.n_rounds.set(mc, self.n_rounds.get() + 1);
        if let Some(oldest) = self.samples().nth(KEPT - 1) {
            oldest.before.set(mc, None);
        }
    }

    /// How many samples were made.
    pub fn n_rounds(&self) -> usize {
        self.n_rounds.get()
    }

    /// Rounds and sums of the samples that are kept, the latest first.
    pub fn kept(&self) -> Vec<(usize, u64)> {
        self.samples().map(|sample| (sample.round, sample.sum)).collect()
    }

    fn samples(&self) -> impl Iterator<Item = Gc<'gc, Sample<'gc>>> {
        std::iter::successors(self.latest.get(), |sample| sample.before.get())
    }
}
