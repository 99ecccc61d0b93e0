//! Compiles every program in `fail/`, which must give exactly the messages beside it, and runs every program
//! in `examples/`, which cargo has compiled with this one. `README.md` tells the rules.
//!
//! The words of messages change with the compiler. They are compared on one version only, [`BLESSED`]; on any
//! other the programs in `fail/` must not compile, whatever the words.

#![expect(clippy::print_stdout, reason = "tells what is tested")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The compiler whose messages are kept.
const BLESSED: &str = "rustc 1.95.";

fn main() {
    // Tools that list tests expect an answer at once.
    if env::args().any(|argument| argument == "--list") {
        return;
    }
    assert_pairs(Path::new("fail"));
    let version = version_of_rustc();
    if version.starts_with(BLESSED) {
        compile_fail("fail");
    } else {
        println!("{version} is not {BLESSED}x: messages are not compared");
        compile_fail(&copy_without_messages().display().to_string());
    }
    for program in files_below(Path::new("examples")) {
        run_example(&program);
    }
}

/// Runs what cargo has made of a program.
fn run_example(program: &Path) {
    let name = program.file_stem().expect("a program has a name");
    let test = env::current_exe().expect("a test has a path");
    let profile = test.ancestors().nth(2).expect("tests lie in target/<profile>/deps");
    let built = profile.join("examples").join(name).with_extension(env::consts::EXE_EXTENSION);
    assert!(
        is_up_to_date(&built, program),
        "{} has not been built: cargo test -p ui-tests",
        program.display()
    );
    println!("run {}", program.display());
    let status = Command::new(&built).status().expect("the program starts");
    assert!(status.success(), "{} ended with {status}", program.display());
}

/// Whether a file is there, and newer than another.
fn is_up_to_date(built: &Path, source: &Path) -> bool {
    let modified = |file: &Path| fs::metadata(file).and_then(|metadata| metadata.modified());
    modified(built).is_ok_and(|built| built >= modified(source).expect("the source has a time"))
}

/// Compiles the programs of a folder, all in one run of cargo.
fn compile_fail(folder: &str) {
    let programs = trybuild::TestCases::new();
    programs.compile_fail(format!("{folder}/**/*.rs"));
}

/// A copy of `fail/` without messages, in which trybuild is to write them anew instead of comparing.
fn copy_without_messages() -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fail");
    let _ = fs::remove_dir_all(&copy);
    for program in files_below(Path::new("fail")).into_iter().filter(|file| has_extension(file, "rs")) {
        let inside = program.strip_prefix("fail").expect("the file was found there");
        let target = copy.join(inside);
        fs::create_dir_all(target.parent().expect("it is in a folder")).expect("the folder can be made");
        fs::copy(&program, target).expect("the program can be copied");
    }
    // SAFETY: no other thread has been started.
    unsafe { env::set_var("TRYBUILD", "overwrite") };
    copy
}

/// A message without a program tests nothing. A program without a message is reported by trybuild, but as one
/// to be accepted; here it is a fault, unless the messages are being written.
fn assert_pairs(folder: &Path) {
    let blessing = env::var_os("TRYBUILD").is_some();
    for file in files_below(folder) {
        let other = if has_extension(&file, "stderr") {
            file.with_extension("rs")
        } else if has_extension(&file, "rs") {
            file.with_extension("stderr")
        } else {
            panic!("{} is neither a program nor a message", file.display());
        };
        let missing_message = blessing && has_extension(&other, "stderr");
        assert!(other.exists() || missing_message, "{} has no {}", file.display(), other.display());
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("its entries can be read").path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

fn version_of_rustc() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc can be run");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
