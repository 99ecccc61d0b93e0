//! What one run of a workload measures: the time of all operations, and of each.

use std::time::Instant;

use hdrhistogram::Histogram;
use serde_json::{Value, json};
use tests::process::peak_bytes;
use tests::table::nanoseconds;

/// How much a run does.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) quick: bool,
}

impl Size {
    pub(crate) fn of<T>(self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

/// Measures a run. Each lap begins where the one before ended, so that what a collector does between two operations
/// belongs to the later one.
pub(crate) struct Watch {
    started: Instant,
    last: Instant,
    laps: Histogram<u64>,
}

impl Watch {
    /// Starts: what was done before to prepare is not counted, except in the peak of memory.
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self { started: now, last: now, laps: Histogram::new(3).expect("three digits are possible") }
    }

    pub(crate) fn lap(&mut self) {
        let now = Instant::now();
        let ns = u64::try_from((now - self.last).as_nanos()).expect("not for centuries");
        self.laps.record(ns).expect("the histogram grows");
        self.last = now;
    }

    /// Adds the laps of another thread.
    pub(crate) fn add(&mut self, other: &Self) {
        self.laps.add(&other.laps).expect("the histogram grows");
    }

    /// The result of a run of so many operations, `laps_are_operations` or else parts of laps.
    #[expect(clippy::cast_precision_loss, reason = "numbers for people")]
    pub(crate) fn result(&self, operations: u64, laps_are_operations: bool, checksum: u64) -> Value {
        let mut result = json!({
            "ns_per_operation": nanoseconds(self.started.elapsed()) / operations as f64,
            "peak_bytes": peak_bytes(),
            "longest_ns": self.laps.max(),
            "checksum": checksum,
        });
        if laps_are_operations {
            result["p99_9_ns"] = json!(self.laps.value_at_quantile(0.999));
            result["p99_99_ns"] = json!(self.laps.value_at_quantile(0.9999));
        }
        result
    }
}
