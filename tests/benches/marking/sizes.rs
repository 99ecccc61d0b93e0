//! How what an object costs depends on how many there are: made one after the other, linked, and marked, from what fits into
//! the first cache to many times what any cache holds.

use std::time::Duration;

use tests::table::nanoseconds;

use crate::ours::Ours;
use crate::probe::Probe;
use crate::shapes::{SHAPES, Shape};

const SIZES: [usize; 7] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 30_000_000, 60_000_000];

/// Objects that are marked for one row, or three times as many as there are.
const MARKED: usize = 20_000_000;

/// Prints a table: nanoseconds per object.
pub(crate) fn sizes() {
    println!(
        "\n{:<8}{:>12}{:>10}{:>10}{:>14}{:>14}{:>14}",
        "ns per object", "objects", "made", "linked", "ring by hand", "gc, 1 worker", "gc, 2 workers"
    );
    for shape in SHAPES {
        SIZES.into_iter().for_each(|n| row(shape, n));
    }
}

fn row(shape: Shape, n: usize) {
    let mut ring = Probe::new(shape, n);
    let (one, [making, linking]) = Ours::new(shape, n, |builder| builder.mark_threads(1));
    let (two, _) = Ours::new(shape, n, |builder| builder.mark_threads(2));
    let found = one.mark().1;
    let mut runs = [const { Vec::new() }; 3];
    for _ in 0..(MARKED / n).clamp(3, 1_000) {
        runs[0].push(ring.mark_with_ring().0);
        runs[1].push(one.mark().0);
        runs[2].push(two.mark().0);
    }
    #[expect(clippy::cast_precision_loss, reason = "numbers for people")]
    let each = |time: Duration, of: usize| nanoseconds(time) / of as f64;
    let [ring, one_worker, two_workers] = runs.map(|mut runs| {
        runs.sort_unstable();
        each(runs[runs.len() / 2], found)
    });
    println!(
        "{:<13}{n:>7}{:>10.1}{:>10.1}{ring:>14.1}{one_worker:>14.1}{two_workers:>14.1}",
        shape.name(),
        each(making, n),
        each(linking, n),
    );
}
