//! Runs the example `crate_graph` as a program: what it prints, and with which code it ends.
// The example says when what died; under zeal more dies, and earlier, than it says.
#![cfg(not(gc_zeal))]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A source as it stands in a lock file, for packages that are not the workspace's own.
const SOURCE: &str = "registry+https://registry.invalid/index";

/// The example beside this test, which cargo has built with it.
fn program() -> PathBuf {
    let test = env::current_exe().expect("a test has a path");
    let profile = test.ancestors().nth(2).expect("tests lie in target/<profile>/deps");
    let program = profile.join("examples").join("crate_graph").with_extension(env::consts::EXE_EXTENSION);
    assert!(program.exists(), "{} is missing: cargo build -p gc --example crate_graph", program.display());
    program
}

fn run(args: impl IntoIterator<Item: AsRef<OsStr>>) -> Output {
    Command::new(program()).args(args).output().expect("the example starts")
}

/// A lock file in a place of its own, removed at the end.
struct LockFile(PathBuf);

impl LockFile {
    fn new(test: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}.lock", std::process::id()));
        fs::write(&path, contents).expect("the directory of tests can be written to");
        Self(path)
    }

    fn run(&self, args: &[&str]) -> Output {
        run([self.0.as_os_str()].into_iter().chain(args.iter().map(OsStr::new)))
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // A file that stays in the target directory does no harm.
        let _ = fs::remove_file(&self.0);
    }
}

/// The text of a lock file: for each package its name, version, whether it is foreign, and dependencies.
fn lock(packages: &[(&str, &str, bool, &[&str])]) -> String {
    let mut text = String::from("version = 4\n");
    for (name, version, foreign, dependencies) in packages {
        text += &format!("\n[[package]]\nname = {name:?}\nversion = {version:?}\n");
        if *foreign {
            text += &format!("source = {SOURCE:?}\n");
        }
        text += &format!("dependencies = {dependencies:?}\n");
    }
    text
}

#[track_caller]
fn success(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    assert_eq!(error, "");
    String::from_utf8(output.stdout.clone()).expect("the output is text")
}

/// Asserts that the program ended with code 2 and one line that says `what`.
#[track_caller]
fn failure(output: &Output, what: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.starts_with("crate_graph: ") && error.contains(what), "{error}");
    assert!(output.stdout.is_empty());
}

/// Asserts that the output has a line with these words.
#[track_caller]
fn has_line(output: &str, words: &str) {
    let words: Vec<&str> = words.split_whitespace().collect();
    let found = output.lines().any(|line| line.split_whitespace().eq(words.iter().copied()));
    assert!(found, "no line {words:?} in:\n{output}");
}

#[test]
fn the_lock_file_of_the_workspace() {
    let output = success(&run([""; 0]));
    has_line(&output, "Most depended upon direct all");
    has_line(&output, "Heap objects bytes");
    assert!(output.contains("Checked: these "), "{output}");
    assert!(output.contains("\n  0 live, "), "{output}");
}

#[test]
fn each_package_of_the_workspace_can_be_removed() {
    for name in ["gc", "gc-derive", "tests", "ui-tests"] {
        let output = success(&run(["--remove", name]));
        assert!(output.contains(&format!("Removed\n  {name} ")), "{output}");
    }
}

#[test]
fn a_cycle_is_freed_as_a_whole() {
    let file = LockFile::new(
        "cycle",
        lock(&[
            ("app", "1.0.0", false, &["left", "shared"]),
            ("left", "0.1.0", true, &["right", "shared"]),
            ("other", "1.0.0", false, &["shared"]),
            ("right", "0.2.0", true, &["left"]),
            ("shared", "2.0.0", true, &[]),
        ]),
    );
    let output = success(&file.run(&[]));
    has_line(&output, "5 packages, 6 dependencies");
    has_line(&output, "shared 2.0.0 3 4");
    has_line(&output, "app 1.0.0 2 3 2");
    has_line(&output, "app 1.0.0 > {left 0.1.0, right 0.2.0} > shared 2.0.0");
    has_line(&output, "Groups of packages that depend on each other: 1");
    has_line(&output, "app 1.0.0, left 0.1.0, right 0.2.0");

    let output = success(&file.run(&["--remove", "other"]));
    has_line(&output, "Freed with what only they needed: 1");
    let output = success(&file.run(&["--remove", "right"]));
    has_line(&output, "Freed with what only they needed: 1");
    let output = success(&file.run(&["--remove", "shared", "--remove", "left@0.1.0"]));
    has_line(&output, "left 0.1.0, right 0.2.0, shared 2.0.0");
}

#[test]
fn a_group_that_nobody_needs_is_at_the_top() {
    let file = LockFile::new(
        "ring",
        lock(&[
            ("a", "1.0.0", true, &["b"]),
            ("b", "1.0.0", true, &["c", "b"]),
            ("c", "1.0.0", true, &["a"]),
        ]),
    );
    let output = success(&file.run(&["--remove", "a", "--remove", "a@1.0.0"]));
    has_line(&output, "{a 1.0.0, b 1.0.0, c 1.0.0}");
    has_line(&output, "Freed with what only they needed: 1");
    let output = success(&file.run(&["--remove", "a", "--remove", "b", "--remove", "c"]));
    has_line(&output, "Freed with what only they needed: 3");
}

#[test]
fn versions_and_sources_are_told_apart() {
    let twice = format!("twin 1.0.0 ({SOURCE})");
    let file = LockFile::new(
        "versions",
        lock(&[
            ("app", "1.0.0", false, &["twin 1.0.0", "twin 2.0.0", "user"]),
            ("twin", "1.0.0", false, &[]),
            ("twin", "1.0.0", true, &[]),
            ("twin", "2.0.0", true, &[]),
            ("user", "1.0.0", true, &[&twice]),
        ]),
    );
    let output = success(&file.run(&["--remove", "twin@1.0.0"]));
    has_line(&output, "twin 1.0.0, 1.0.0, 2.0.0");
    has_line(&output, "twin 1.0.0, twin 1.0.0");
    let output = success(&file.run(&["--remove", "user"]));
    has_line(&output, "twin 1.0.0, user 1.0.0");
}

#[test]
fn a_long_chain_needs_no_deep_stack() {
    let names: Vec<String> = (0..2000).map(|number| format!("p{number}")).collect();
    let next: Vec<[&str; 1]> = names.iter().skip(1).map(|name| [name.as_str()]).collect();
    let packages: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(number, name)| {
            (name.as_str(), "1.0.0", true, next.get(number).map_or(&[][..], |next| &next[..]))
        })
        .collect();
    let file = LockFile::new("chain", lock(&packages));
    let output = success(&file.run(&[]));
    has_line(&output, "Longest chain of dependencies: 2000");
    has_line(&output, "Freed with what only they needed: 2000");
}

#[test]
fn help_is_printed() {
    let output = success(&run(["--help"]));
    assert!(output.contains("Usage: crate_graph [LOCKFILE] [--remove NAME]..."), "{output}");
}

#[test]
fn a_file_without_packages_is_refused() {
    let file = LockFile::new("empty", "");
    failure(&file.run(&[]), "no packages in this file");
}

#[test]
fn a_file_that_is_no_lock_file_is_refused() {
    failure(&LockFile::new("garbage", "this is | no lock file").run(&[]), "line 1, column 6");
    failure(&LockFile::new("binary", [0xff, 0xfe, 0]).run(&[]), "UTF-8");
    failure(&LockFile::new("fields", "[[package]]\nname = 'a'\n").run(&[]), "`version`");
}

#[test]
fn a_lock_file_that_contradicts_itself_is_refused() {
    let missing = LockFile::new("missing", lock(&[("a", "1.0.0", true, &["b 1.0.0"])]));
    failure(&missing.run(&[]), "a 1.0.0 depends on b 1.0.0, which is not listed");
    let unknown = LockFile::new("unknown", lock(&[("a", "1.0.0", true, &["b"])]));
    failure(&unknown.run(&[]), "couldn't resolve dependency: b");
    let twice = LockFile::new("twice", lock(&[("a", "1.0.0", true, &[]), ("a", "1.0.0", true, &[])]));
    failure(&twice.run(&[]), "a 1.0.0 is listed twice");
}

#[test]
fn wrong_arguments_are_refused() {
    failure(&run(["no/such/file"]), "no/such/file");
    failure(&run(["--remove", "no-such-package"]), "Cargo.lock: no package no-such-package");
    failure(&run(["--remove"]), "--remove needs the name of a package");
    failure(&run(["--verbose"]), "unknown option --verbose");
    failure(&run(["one", "two"]), "more than one lock file");
}
