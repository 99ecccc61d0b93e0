//! A thousand tasks of tokio share a heap.
//!
//! `cargo run --release -p examples --bin tokio_tasks`

use std::io::{self, Write};
use std::process::ExitCode;

use examples::tokio_tasks::{Plan, run};

const PLAN: Plan = Plan { tasks: 1000, steps: 200, workers: 4, min_heap_bytes: 512 << 10 };

fn main() -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let report = match run(PLAN) {
        Ok(report) => report,
        Err(problem) => {
            writeln!(io::stderr(), "tokio_tasks: {problem:?}")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let Plan { tasks, steps, workers, .. } = PLAN;
    writeln!(out, "{tasks} tasks of {steps} steps on {workers} threads\n")?;
    let times = &report.steps;
    for (name, per_mille) in [("median", 500), ("99.9 %", 999), ("longest", 1000)] {
        writeln!(out, "  a step, {name:<8} {:>10.1?}", times.quantile(per_mille))?;
    }
    let pauses = &report.stats.pauses;
    writeln!(out, "  a stop, {:<8} {:>10.1?}", "longest", pauses.longest)?;
    writeln!(
        out,
        "\n  {} stops, {:.1?} of them together; {} objects made, {} alive at the end",
        pauses.count, pauses.total, report.stats.objects_allocated, report.live_objects
    )?;
    Ok(ExitCode::SUCCESS)
}
