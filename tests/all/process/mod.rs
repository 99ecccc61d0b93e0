//! What happens to a process as a whole: it exits, it forks, it panics with a hook that uses a heap. Each in a process of
//! its own, the program `victims`.

mod exits;
mod forks;
mod hooks;
mod logs;

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tests::patience::Since;

/// Runs a case of the program, which must end soon; what it has printed.
#[track_caller]
fn run(case: &str) -> Output {
    run_with(case, |_| ())
}

/// As [`run`], in surroundings of which `prepare` says more.
#[track_caller]
fn run_with(case: &str, prepare: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_victims"));
    command.arg(case).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    prepare(&mut command);
    let mut child = command.spawn().unwrap();
    // What it prints fits into a pipe.
    let since = Since::now();
    while child.try_wait().unwrap().is_none() {
        if since.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("{case} hangs: {:?}", child.wait_with_output());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.wait_with_output().unwrap()
}

/// The lines that a case prints, which ends well.
#[track_caller]
fn lines(case: &str) -> Vec<String> {
    let output = run(case);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{case} ended with {}: {errors}", output.status);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
