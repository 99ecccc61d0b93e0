//! A whole cycle of a small heap: stop, mark, start, sweep.

use std::time::{Duration, Instant};

use gc::{Gc, Heap, Root};

/// Measures the cycle of heaps with few objects, all of which live.
pub(crate) fn small_heap() {
    println!("\n{:<48}{:>10}{:>10}{:>10}", "microseconds per cycle", "min", "median", "max");
    for n in [1_u64, 100, 10_000] {
        let heap = Heap::builder().automatic(false).build();
        let _root: Root<[Gc<'static, u64>]> =
            heap.mutate(|mc| mc.root(Gc::from_iter(mc, (0..n).map(|number| Gc::new(mc, number)))));
        let cycle = || {
            let started = Instant::now();
            let cycle = heap.collect().expect("outside of mutations");
            (started.elapsed(), cycle.marking)
        };
        let runs: Vec<_> = (0..1000).map(|_| cycle()).collect();
        row(&format!("{n} objects, whole cycle"), runs.iter().map(|run| run.0));
        row(&format!("{n} objects, marking"), runs.iter().map(|run| run.1));
    }
}

fn row(name: &str, runs: impl Iterator<Item = Duration>) {
    let mut runs: Vec<_> = runs.map(|run| run.as_secs_f64() * 1e6).collect();
    runs.sort_by(f64::total_cmp);
    println!("{name:<48}{:>10.2}{:>10.2}{:>10.2}", runs[0], runs[runs.len() / 2], runs[runs.len() - 1]);
}
