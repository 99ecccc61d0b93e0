//! Measuring several ways of marking one graph, fairly, printing them, and writing the medians for programs.

use std::time::Duration;

use serde_json::{Map, json};
use tests::results;
use tests::table::{Sections, nanoseconds};

use crate::shapes::{SHAPES, Shape};

/// Times that each way is measured; one more before is not counted.
const ROUNDS: usize = 11;

/// One way of marking: its name, and a run, which says how long it took and how many objects it found.
pub(crate) type Way<'w> = (&'static str, Box<dyn FnMut() -> (Duration, usize) + 'w>);

/// Runs `compare` for the shapes that are wanted.
pub(crate) fn for_wanted_shapes(wanted: &Sections, compare: impl Fn(Shape)) {
    println!("{:<8}{:<40}{:>10}{:>10}{:>10}{:>10}", "ns per object", "", "min", "median", "max", "ratio");
    for shape in SHAPES {
        if wanted.has(shape.name()) {
            compare(shape);
        }
    }
}

/// Measures all ways in turn, again and again, so that what disturbs one disturbs all. Ratios are to the first.
pub(crate) fn rows(allocator: &str, shape: Shape, mut ways: Vec<Way<'_>>) {
    let mut runs = vec![Vec::new(); ways.len()];
    for round in 0..=ROUNDS {
        for (way, runs) in ways.iter_mut().zip(&mut runs) {
            let (time, found) = (way.1)();
            #[expect(clippy::cast_precision_loss, reason = "numbers for people")]
            let ns = nanoseconds(time) / found as f64;
            if round > 0 {
                runs.push(ns);
            }
        }
    }
    let (mut first, mut medians) = (None, Map::new());
    for (way, mut runs) in ways.iter().zip(runs) {
        runs.sort_by(f64::total_cmp);
        let [min, median, max] = [runs[0], runs[runs.len() / 2], runs[runs.len() - 1]];
        let ratio = median / *first.get_or_insert(median);
        println!("{:<8}{:<40}{min:>10.2}{median:>10.2}{max:>10.2}{ratio:>10.2}", shape.name(), way.0);
        let is_limit = way.0.starts_with("by hand");
        medians.insert(way.0.into(), json!({ "ns_per_operation": median, "limit": is_limit }));
    }
    results::write(allocator, &format!("mark_{}", shape.name()), false, medians);
}
