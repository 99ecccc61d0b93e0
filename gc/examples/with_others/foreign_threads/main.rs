//! Threads of a C library record what they measure in a heap, and it is collected meanwhile.
//!
//! `cargo run --release -p examples --bin foreign_threads`

use std::io::{self, Write};
use std::process::ExitCode;

use examples::foreign_threads::run;

const SOURCES: usize = 16;
const ROUNDS: usize = 2000;
const BYTES: usize = 256;

fn main() -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let report = match run(SOURCES, ROUNDS, BYTES) {
        Ok(report) => report,
        Err(error) => {
            writeln!(io::stderr(), "foreign_threads: cannot collect: {error}")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    writeln!(out, "{SOURCES} threads of a C library, {ROUNDS} callbacks each\n")?;
    for (number, outcome) in report.outcomes.iter().enumerate() {
        match outcome {
            Ok(ended) => {
                let (latest, sum) = ended.kept.first().copied().unwrap_or_default();
                let (n_rounds, n_kept) = (ended.n_rounds, ended.kept.len());
                writeln!(
                    out,
                    "  {:>2}  {n_rounds} samples, {n_kept} kept; the last, of round {latest}, has the sum {sum}",
                    number + 1
                )?;
            }
            Err(message) => writeln!(out, "  {:>2}  a callback panicked: {message}", number + 1)?,
        }
    }
    let stats = &report.stats;
    writeln!(
        out,
        "\n  {} objects made, {} freed by {} cycles, {} of which began by themselves",
        stats.objects_allocated, stats.objects_freed, stats.cycles, stats.cycles_automatic
    )?;
    writeln!(out, "  the longest pause took {:.0?}", stats.pauses.longest)?;
    writeln!(
        out,
        "  {} pins kept {} buffers; without them {} objects are alive",
        stats.pins, stats.live_objects, report.live_objects
    )?;
    let all_well = report.outcomes.iter().all(Result::is_ok);
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
