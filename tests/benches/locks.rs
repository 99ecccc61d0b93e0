//! What a lock costs that several threads want, beside other locks.
//!
//! ```text
//! cargo bench -p tests --features peers --bench locks                  everything
//! cargo bench -p tests --features peers --bench locks -- gc writes     one lock, one kind of use
//! ```
//!
//! Sections: the locks `gc`, `parking_lot`, `std`; the uses `writes`, `mostly_reads`. Of each kind all are meant if
//! none is named. The locks are measured by turns. How often they ask the system to let threads wait, and to wake
//! them, tells `perf stat -e syscalls:sys_enter_futex`.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use gc::{Gc, GcRwLock, Heap, Root};
use tests::table::{Sections, each, head};

/// How often a lock is taken in one measurement, by all threads together.
const N: usize = 400_000;
/// Measurements; the first two are not counted.
const MEASUREMENTS: usize = 23;

/// How a lock is used.
#[derive(Clone, Copy)]
struct Use {
    name: &'static str,
    /// Of so many times that it is taken, once for writing.
    writes_one_in: usize,
}

const USES: [Use; 2] =
    [Use { name: "writes", writes_one_in: 1 }, Use { name: "mostly_reads", writes_one_in: 16 }];

/// A lock: takes it so many times on so many threads.
type Lock = (&'static str, fn(usize, Use) -> Duration);

const LOCKS: [Lock; 3] = [("gc", of_gc), ("parking_lot", of_parking_lot), ("std", of_std)];

fn main() {
    let Some(sections) = Sections::wanted() else { return };
    let locks = wanted(&LOCKS, |lock| sections.has(lock.0));
    let uses = wanted(&USES, |kind| sections.has(kind.name));
    head("");
    for kind in uses {
        [1, 2, 4].into_iter().for_each(|threads| compare(&locks, kind, threads));
    }
}

/// Those that are named; all, if none is.
fn wanted<T: Copy>(all: &[T], named: impl Fn(&T) -> bool) -> Vec<T> {
    let some: Vec<T> = all.iter().copied().filter(|one| named(one)).collect();
    if some.is_empty() { all.to_vec() } else { some }
}

/// Measures the locks by turns.
fn compare(locks: &[Lock], kind: Use, threads: usize) {
    let mut all = vec![Vec::new(); locks.len()];
    for measurement in 0..MEASUREMENTS {
        for (lock, times) in locks.iter().zip(&mut all) {
            let time = lock.1(threads, kind);
            if measurement >= 2 {
                times.push(time);
            }
        }
    }
    for (lock, times) in locks.iter().zip(all) {
        each(&format!("ns: {}, {}, {threads} threads", kind.name, lock.0), N, times);
    }
}

/// The time that `run` takes on all threads; it is told how often to take the lock, and tells when it began to.
fn on_threads(threads: usize, run: impl Fn(usize, &Barrier) -> Instant + Sync) -> Duration {
    let start = Barrier::new(threads);
    let thread = || (run(N / threads, &start), Instant::now());
    let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(thread)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    let started = times.iter().map(|time| time.0).min().expect("threads");
    let ended = times.iter().map(|time| time.1).max().expect("threads");
    ended - started
}

/// Now, when all threads are there.
fn began(start: &Barrier) -> Instant {
    start.wait();
    Instant::now()
}

/// What is done between two times that the lock is taken.
fn elsewhere() {
    (0..8_u64).for_each(|step| _ = black_box(step));
}

fn of_gc(threads: usize, kind: Use) -> Duration {
    let heap = Heap::builder().automatic(false).build();
    let root: Root<GcRwLock<u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(0_u64))));
    on_threads(threads, |n, start| {
        heap.mutate(|mc| {
            let lock = root.get(mc);
            let began = began(start);
            for at in 0..n {
                if at % kind.writes_one_in == 0 {
                    *black_box(&mut *lock.write(mc)) += 1;
                } else {
                    black_box(*lock.read(mc));
                }
                elsewhere();
            }
            began
        })
    })
}

fn of_parking_lot(threads: usize, kind: Use) -> Duration {
    let lock = parking_lot::RwLock::new(0_u64);
    on_threads(threads, |n, start| {
        let began = began(start);
        for at in 0..n {
            if at % kind.writes_one_in == 0 {
                *black_box(&mut *lock.write()) += 1;
            } else {
                black_box(*lock.read());
            }
            elsewhere();
        }
        began
    })
}

fn of_std(threads: usize, kind: Use) -> Duration {
    let lock = std::sync::RwLock::new(0_u64);
    on_threads(threads, |n, start| {
        let began = began(start);
        for at in 0..n {
            if at % kind.writes_one_in == 0 {
                *black_box(&mut *lock.write().expect("not poisoned")) += 1;
            } else {
                black_box(*lock.read().expect("not poisoned"));
            }
            elsewhere();
        }
        began
    })
}
