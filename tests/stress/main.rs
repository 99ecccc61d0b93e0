//! Random programs for as long as wanted, on all cores:
//! `cargo run --release -p tests --bin stress -- --seconds 60 --seed 1`.
//!
//! `--trace` prints each seed before its program runs, for those that end the whole process.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports")]

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tests::programs::shared;
use tests::programs::shrink::run_seed;

struct Arguments {
    seconds: u64,
    seed: u64,
    threads: usize,
    trace: bool,
}

fn arguments() -> Result<Arguments, String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Arguments { seconds: 60, seed: 1, threads, trace: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--trace" {
            all.trace = true;
            continue;
        }
        let number = words.next().and_then(|number| number.parse::<u64>().ok());
        let number = number.ok_or_else(|| format!("{word} wants a number"))?;
        match word.as_str() {
            "--seconds" => all.seconds = number,
            "--seed" => all.seed = number,
            "--threads" => all.threads = usize::try_from(number).map_err(|error| error.to_string())?,
            _ => return Err(format!("unknown: {word}; known: --seconds, --seed, --threads, --trace")),
        }
    }
    Ok(all)
}

fn main() -> Result<(), String> {
    let Arguments { seconds, seed, threads, trace } = arguments()?;
    let (next, failed) = (AtomicU64::new(seed), AtomicBool::new(false));
    let end = Instant::now() + Duration::from_secs(seconds);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while Instant::now() < end && !failed.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if trace {
                        eprintln!("seed {seed}");
                    }
                    if catch_unwind(|| one(seed)).is_err() {
                        eprintln!("seed {seed} failed");
                        failed.store(true, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    println!("{} programs from seed {seed}", next.into_inner() - seed);
    if failed.into_inner() { Err(String::from("a program failed")) } else { Ok(()) }
}

/// Most programs have heaps of their own; now and then several share one.
fn one(seed: u64) {
    let length = [20, 40, 80, 150, 300, 1000][(seed % 6) as usize];
    if seed.is_multiple_of(16) { shared::run_seed(seed, length, 4) } else { run_seed(seed, length) }
}
