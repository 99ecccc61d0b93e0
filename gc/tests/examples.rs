//! Runs examples as programs: each prints what stands in the file `output.txt` beside it.
//!
//! Not in the zeal build, in which a collection comes after each step of a long program.
#![cfg(not(gc_zeal))]

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs an example, which cargo has built with this test, and compares what it prints.
#[track_caller]
fn prints_its_output(name: &str) {
    let test = env::current_exe().expect("a test has a path");
    let profile = test.ancestors().nth(2).expect("tests lie in target/<profile>/deps");
    let program = profile.join("examples").join(name).with_extension(env::consts::EXE_EXTENSION);
    let output = Command::new(&program)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}; cargo build -p gc --examples", program.display()));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    assert_eq!(error, "");

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name).join("output.txt");
    let expected = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let printed = String::from_utf8(output.stdout).expect("the output is text");
    assert!(printed.lines().eq(expected.lines()), "{} is another text than\n{printed}", file.display());
}

#[test]
fn a_dom_with_listeners() {
    prints_its_output("dom");
}

#[test]
fn friends_on_several_threads() {
    prints_its_output("friends");
}

#[test]
fn a_table_with_its_history() {
    prints_its_output("history");
}

#[test]
fn a_lisp_with_closures() {
    prints_its_output("lisp");
}

#[test]
fn a_cache_that_drives_out_what_is_old() {
    prints_its_output("lru_cache");
}

#[test]
fn a_pool_to_which_things_come_back() {
    prints_its_output("pool");
}
