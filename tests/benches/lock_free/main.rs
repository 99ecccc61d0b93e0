//! What structures without locks cost on the heap, beside the same on `crossbeam-epoch`.
//!
//! ```text
//! cargo bench -p tests --features peers --bench lock_free            everything
//! cargo bench -p tests --features peers --bench lock_free -- time    one section
//! ```
//!
//! Sections: `time`, `memory`.
//!
//! Threads push and pop by turns, so the structure stays small and every node becomes garbage at once. Each structure is
//! measured with one push and pop inside a mutation, or while pinned, and with many. The times of the heap contain its
//! cycles, those of `crossbeam-epoch` what it frees. That is soon, unless a thread is kept from its
//! processor while it is pinned: then nothing is freed. A heap lets garbage lie until it has grown to its smallest size: to
//! 4 MiB by default, or to what the program says.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]

mod epoch_queue;
mod epoch_stack;
mod memory;
mod ways;

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use tests::table::{Sections, head, nanoseconds, numbers};

use crate::ways::{Way, ways};

#[path = "../../../gc/examples/lock_free/backoff.rs"]
mod backoff;
/// The structures of the example.
#[path = "../../../gc/examples/lock_free/queue.rs"]
mod queue;
#[path = "../../../gc/examples/lock_free/stack.rs"]
mod stack;

const THREADS: [usize; 3] = [1, 2, 8];

/// Times that each way is measured; one more before is not counted.
const ROUNDS: usize = 15;

/// Values that are pushed and popped in a round, by all threads together.
const VALUES: usize = 1 << 19;

fn main() {
    if memory::of_one() {
        return;
    }
    let Some(sections) = Sections::wanted() else { return };
    if sections.has("time") {
        head("ns for a push or a pop, of all threads together");
        THREADS.into_iter().for_each(time);
    }
    if sections.has("memory") {
        memory::of_all();
    }
}

/// Measures all ways in turn, again and again, so that what disturbs one disturbs all.
fn time(threads: usize) {
    let ways = ways();
    let mut runs = vec![Vec::new(); ways.len()];
    for round in 0..=ROUNDS {
        for (way, runs) in ways.iter().zip(&mut runs) {
            let time = run(way, threads, VALUES);
            if round > 0 {
                runs.push(nanoseconds(time) / (2 * VALUES) as f64);
            }
        }
    }
    for (way, runs) in ways.iter().zip(runs) {
        numbers(&name(way, threads), runs);
    }
}

/// How a row is called.
fn name(way: &Way, threads: usize) -> String {
    let plural = if threads == 1 { "" } else { "s" };
    format!("{threads} thread{plural}: {}", way.name)
}

/// The time in which so many threads have pushed and popped so many values together: from when the first one begins to
/// when the last one is done.
fn run(way: &Way, threads: usize, values: usize) -> Duration {
    let start = Barrier::new(threads);
    let one = || {
        start.wait();
        let begun = Instant::now();
        (way.work)(values / threads);
        (begun, Instant::now())
    };
    let times: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    });
    let begun = times.iter().map(|(begun, _)| *begun).min().expect("a thread");
    let done = times.iter().map(|(_, done)| *done).max().expect("a thread");
    done - begun
}
