//! How long a program takes to build that has four hundred structs and four hundred enums, each of which leads to the
//! next of its ring of sixteen, and which makes and roots one of each: with this library, gc-arena and boa_gc.
//!
//! ```text
//! cargo bench -p tests --bench compile_time                 three rounds
//! cargo bench -p tests --bench compile_time -- --quick      one round of a quarter of the types
//! ```
//!
//! The programs are written to `compile_time` in the target directory, with the versions of this workspace, and what
//! they depend on is built before. Each round builds all three by turns, from nothing; a ratio is that of our median to
//! the row's.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

mod libraries;
mod rings;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use libraries::{LIBRARIES, Library};
use tests::results::target;
use tests::table::timed;

/// What is measured: the arguments of cargo.
const BUILDS: [&[&str]; 2] = [&["check"], &["build", "--release"]];

fn main() {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    if !has("--bench") {
        return;
    }
    let (types, rounds) = if has("--quick") { (96, 1) } else { (400, 3) };
    let folders: Vec<_> = LIBRARIES.iter().map(|library| write(library, types)).collect();
    println!("{:<26}{:<16}{:>10}{:>10}", "seconds", "", "median", "ratio");
    for build in BUILDS {
        folders.iter().for_each(|folder| _ = run(folder, build));
        let mut times = vec![Vec::new(); folders.len()];
        for _ in 0..rounds {
            for (folder, times) in folders.iter().zip(&mut times) {
                times.push(run(folder, build));
            }
        }
        let medians: Vec<f64> = times.into_iter().map(median).collect();
        for (library, seconds) in LIBRARIES.iter().zip(&medians) {
            // Of this library to the other.
            let ratio = medians[0] / seconds;
            println!(
                "{:<26}{:<16}{seconds:>10.2}{ratio:>10.2}",
                format!("cargo {}", build.join(" ")),
                library.name
            );
        }
    }
}

/// Writes the program and says where it is.
fn write(library: &Library, types: usize) -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = target().join("compile_time").join(library.name);
    let manifest = format!(
        "[package]\nname = \"rings\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}\n",
        library.dependency(&workspace)
    );
    fs::create_dir_all(folder.join("src")).expect("the target directory can be written");
    fs::write(folder.join("Cargo.toml"), manifest).expect("the target directory can be written");
    fs::write(folder.join("src/main.rs"), rings::program(library, types))
        .expect("the target directory can be written");
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the workspace has one");
    folder
}

/// Builds the program, as if it had just been changed.
fn run(folder: &Path, build: &[&str]) -> Duration {
    let source = folder.join("src/main.rs");
    let text = fs::read(&source).expect("it was written");
    fs::write(&source, text).expect("the target directory can be written");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(build).arg("--quiet").current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    // The whole work, not what has changed.
    cargo.env("CARGO_INCREMENTAL", "0").stdin(Stdio::null());
    let (time, status) = timed(|| cargo.status().expect("cargo runs"));
    assert!(status.success(), "the program in {} builds", folder.display());
    time
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
