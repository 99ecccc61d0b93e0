//! Comparing ways of doing the same, on one thread and on several: all are measured by turns, again and again, so that
//! what disturbs one disturbs all.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::table::each;

/// Measurements; the first [`NOT_COUNTED`] are not counted.
const MEASUREMENTS: usize = 23;
const NOT_COUNTED: usize = 2;

/// Measures `time` of all candidates and prints a row of each: what one of `n` operations took. There is none for those
/// of which it gives `None`.
pub fn compare<C>(
    candidates: &[C],
    n: usize,
    name: impl Fn(&C) -> String,
    time: impl Fn(&C) -> Option<Duration>,
) {
    let mut all = vec![Vec::new(); candidates.len()];
    for measurement in 0..MEASUREMENTS {
        for (candidate, times) in candidates.iter().zip(&mut all) {
            times.extend(time(candidate).filter(|_| measurement >= NOT_COUNTED));
        }
    }
    for (candidate, times) in candidates.iter().zip(all).filter(|(_, times)| !times.is_empty()) {
        each(&name(candidate), n, times);
    }
}

/// The time in which `run` does `n` operations on all threads together; it is told how many on each, and returns when
/// it [began] to.
///
/// # Panics
///
/// A thread does.
pub fn on_threads(threads: usize, n: usize, run: impl Fn(usize, &Barrier) -> Instant + Sync) -> Duration {
    let start = Barrier::new(threads);
    let thread = || (run(n / threads, &start), Instant::now());
    let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(thread)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    let started = times.iter().map(|time| time.0).min().expect("threads");
    let ended = times.iter().map(|time| time.1).max().expect("threads");
    ended - started
}

/// Now, when all threads are there.
pub fn began(start: &Barrier) -> Instant {
    start.wait();
    Instant::now()
}
