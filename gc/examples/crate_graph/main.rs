//! The packages of a `Cargo.lock` as a garbage-collected graph.
//!
//! Packages are objects with edges to what they need and back to who needs them. Nobody keeps a list of them:
//! a package is in the graph because it can be reached from the packages at the top, and when one of those is
//! removed, whatever only it needed is garbage. The program says beforehand what that will be, collects, and
//! compares with what really died.
//!
//! `cargo run --release -p gc --example crate_graph -- --help` tells how to use it.

mod args;
mod canary;
mod graph;
mod groups;
mod questions;
mod removal;
mod report;
mod table;

use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, fs};

use cargo_lock::Lockfile;
use gc::{CollectError, Heap, Root};

use crate::args::{Args, HELP};
use crate::canary::Deaths;
use crate::graph::Graph;

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    let problem = match run(&mut out) {
        Ok(()) => return ExitCode::SUCCESS,
        // Whoever reads has seen enough.
        Err(Problem::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Err(problem) => problem,
    };
    let (message, code) = match problem {
        Problem::Input(message) => (message, 2),
        Problem::Output(error) => (format!("cannot write: {error}"), 1),
        Problem::Collect(error) => (format!("cannot collect: {error}"), 1),
    };
    // Nobody is left to be told if this fails.
    let _ = writeln!(io::stderr(), "crate_graph: {message}");
    ExitCode::from(code)
}

/// Why the program cannot go on.
enum Problem {
    /// The arguments or the file are not usable.
    Input(String),
    Output(io::Error),
    Collect(CollectError),
}

impl From<String> for Problem {
    fn from(message: String) -> Self {
        Self::Input(message)
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<CollectError> for Problem {
    fn from(error: CollectError) -> Self {
        Self::Collect(error)
    }
}

fn run(out: &mut impl Write) -> Result<(), Problem> {
    let args = Args::parse(env::args_os().skip(1))?;
    if args.help {
        return Ok(write!(out, "{HELP}")?);
    }
    let lock = read(&args)?;

    let heap = Heap::builder().name("packages").build();
    let deaths = Deaths::default();
    // One root holds the whole graph. Each of the following mutations is short: between them the collector
    // may run.
    let graph: Root<Graph<'static>> = heap
        .mutate(|mc| Graph::build(mc, &lock, &deaths).map(|graph| mc.root(graph)))
        .map_err(|error| format!("{}: {error}", args.lockfile.display()))?;

    let removed = heap
        .mutate(|mc| removal::choose(mc, &graph.get(mc), &args.remove))
        .map_err(|error| format!("{}: {error}", args.lockfile.display()))?;

    writeln!(out, "{}", args.lockfile.display())?;
    let answers = heap.mutate(|mc| questions::answer(mc, &graph.get(mc)));
    writeln!(out, "{answers}")?;

    removal::remove(out, &heap, &graph, &deaths, &removed)?;

    let rest = heap.mutate(|mc| graph.get(mc).packages(mc).len());
    drop(graph);
    let last = heap.collect()?;
    assert_eq!(deaths.take().len(), rest, "every package dies with the graph");
    writeln!(out, "\nWithout its root the rest is garbage, too:\n  {}", report::cycle(&last))?;
    Ok(())
}

/// Reads the lock file; the error is one line.
fn read(args: &Args) -> Result<Lockfile, String> {
    let path = args.lockfile.display();
    let text = fs::read_to_string(&args.lockfile).map_err(|error| format!("{path}: {error}"))?;
    let lock: Lockfile = text.parse().map_err(|error| format!("{path}: {}", one_line(&error)))?;
    if lock.packages.is_empty() {
        return Err(format!("{path}: no packages in this file"));
    }
    Ok(lock)
}

/// A message without the picture of the file that the parser draws.
fn one_line(error: &cargo_lock::Error) -> String {
    let message = error.to_string();
    let is_picture =
        |line: &&str| line.trim_start_matches(|c: char| c == ' ' || c.is_numeric()).starts_with('|');
    let lines: Vec<&str> = message.lines().filter(|line| !is_picture(line)).map(str::trim).collect();
    lines.join(": ").trim_start_matches("parse error: ").to_owned()
}
