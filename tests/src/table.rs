//! The tables that benchmarks print: minimum, median and maximum of what was measured. On a machine that is busy only
//! medians of one run are worth comparing, and only with each other.
#![expect(clippy::print_stdout, reason = "a table is printed")]

use std::time::{Duration, Instant};

/// The sections that the arguments of a benchmark name; all of them, if none.
#[derive(Debug)]
pub struct Sections(Vec<String>);

impl Sections {
    /// Nothing unless the program was started as a benchmark.
    pub fn wanted() -> Option<Self> {
        let arguments: Vec<_> = std::env::args().skip(1).collect();
        let is_benchmark = arguments.iter().any(|argument| argument == "--bench");
        let named = arguments.into_iter().filter(|argument| !argument.starts_with('-'));
        is_benchmark.then(|| Self(named.collect()))
    }

    /// Whether this section is to be run.
    pub fn has(&self, section: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|named| named == section)
    }

    /// Of some things with names those that are named; all of them, if none is.
    pub fn of<T: Copy>(&self, all: &[T], name: impl Fn(&T) -> &str) -> Vec<T> {
        let some: Vec<T> = all.iter().copied().filter(|one| self.has(name(one))).collect();
        if some.is_empty() { all.to_vec() } else { some }
    }
}

/// Prints the head of a table.
pub fn head(unit: &str) {
    println!("{unit:<62}{:>12}{:>12}{:>12}", "min", "median", "max");
}

/// Prints a row of numbers.
///
/// # Panics
///
/// There is none.
pub fn numbers(name: &str, mut all: Vec<f64>) {
    all.sort_unstable_by(f64::total_cmp);
    let [min, median, max] = [all[0], all[all.len() / 2], all[all.len() - 1]];
    println!("{name:<62}{min:>12.2}{median:>12.2}{max:>12.2}");
}

/// Prints a row of times, in units that suit them.
///
/// # Panics
///
/// There is none.
pub fn times(name: &str, mut all: Vec<Duration>) {
    all.sort_unstable();
    let [min, median, max] =
        [all[0], all[all.len() / 2], all[all.len() - 1]].map(|time| format!("{time:.2?}"));
    println!("{name:<62}{min:>12}{median:>12}{max:>12}");
}

/// Prints a row of nanoseconds: what one of `n` operations took, each time.
///
/// # Panics
///
/// There is no time.
pub fn each(name: &str, n: usize, all: impl IntoIterator<Item = Duration>) {
    numbers(name, all.into_iter().map(|time| nanoseconds(time) / n as f64).collect());
}

/// A time as a number.
pub fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// What `run` took.
pub fn timed<R>(run: impl FnOnce() -> R) -> (Duration, R) {
    let started = Instant::now();
    let result = run();
    (started.elapsed(), result)
}
