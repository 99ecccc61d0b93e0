//! The most memory that each way takes from the system: of a process of its own, which does nothing else.

use std::env;
use std::process::Command;

use crate::ways::ways;
use crate::{THREADS, VALUES, name, run};

/// The argument of such a process; the number of the way and of threads follow it.
const OF_ONE: &str = "--memory-of";

/// Times that a process pushes and pops as many values as a measurement of time does.
const TIMES: usize = 16;

/// Whether this is such a process; then it has done its work, and printed the kibibytes that it took.
pub(crate) fn of_one() -> bool {
    let mut arguments = env::args().skip_while(|argument| argument != OF_ONE).skip(1);
    let Some(which) = arguments.next() else { return false };
    let which: usize = which.parse().expect("the number of a way");
    let threads = arguments.next().and_then(|threads| threads.parse().ok()).expect("how many threads");
    // None of the ways: what the program takes by itself.
    if let Some(way) = ways().get(which) {
        run(way, threads, TIMES * VALUES);
    }
    print!("{}", peak_kib().unwrap_or(0));
    true
}

/// Prints what each way takes, less what the program takes that does nothing.
pub(crate) fn of_all() {
    println!("\nKiB from the system, at most, beyond those of a program that does nothing");
    let ways = ways();
    let idle = in_child(ways.len(), 1);
    for threads in THREADS {
        for (which, way) in ways.iter().enumerate() {
            println!("{:<62}{:>12}", name(way, threads), in_child(which, threads).saturating_sub(idle));
        }
    }
}

fn in_child(which: usize, threads: usize) -> usize {
    let program = env::current_exe().expect("a program has a path");
    let arguments = [OF_ONE.to_owned(), which.to_string(), threads.to_string()];
    let output = Command::new(program).args(arguments).output().expect("the program starts");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

/// Most memory that this process has had from the system at a time, where that can be told.
fn peak_kib() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
