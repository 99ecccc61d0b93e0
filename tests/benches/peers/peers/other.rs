//! Java and Go, where they are on the path: programs beside this one, which do the same work and print the same.
//!
//! Java runs with its serial collector in a heap of 128 MiB, five to ten times what lives in it; for the cache in one of
//! 1500 MiB, three times that. Go runs as it comes.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tests::results::target;

use super::Peer;

/// What they do.
const WORKLOADS: &[&str] =
    &["cache", "binary_trees", "gcbench", "short_lists", "graph", "weak", "finalizers"];

/// A program, and how it is run.
pub(crate) struct Other {
    /// Builds it, the first time, and says where it is, if it could be built.
    built: fn() -> Option<&'static Path>,
    command: fn(&Path, &str) -> Command,
}

impl Other {
    pub(crate) fn is_there(&self) -> bool {
        (self.built)().is_some()
    }

    pub(crate) fn does(workload: &str) -> bool {
        WORKLOADS.contains(&workload)
    }

    pub(crate) fn command(&self, workload: &str) -> Option<Command> {
        (self.built)().map(|built| (self.command)(built, workload))
    }
}

pub(super) const JAVA: Peer =
    Peer { other: Some(&Other { built: classes, command: java }), ..Peer::new("Java", &[]) };
pub(super) const GO: Peer =
    Peer { other: Some(&Other { built: program, command: go }), ..Peer::new("Go", &[]) };

fn classes() -> Option<&'static Path> {
    static CLASSES: LazyLock<Option<PathBuf>> =
        LazyLock::new(|| build("peers-java", "Peer.java", &["javac", "-d"]));
    CLASSES.as_deref()
}

fn program() -> Option<&'static Path> {
    static PROGRAM: LazyLock<Option<PathBuf>> =
        LazyLock::new(|| build("peers-go", "peer.go", &["go", "build", "-o"]));
    PROGRAM.as_deref()
}

/// What a compiler makes of a source, in the target directory; nothing, if it is not there or does not understand it.
fn build(name: &str, source: &str, compiler: &[&str]) -> Option<PathBuf> {
    let built = target().join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/other").join(source);
    let status = Command::new(compiler[0]).args(&compiler[1..]).arg(&built).arg(source).status();
    status.is_ok_and(|status| status.success()).then_some(built)
}

fn java(classes: &Path, workload: &str) -> Command {
    let mut command = Command::new("java");
    let heap = if workload == "cache" { ["-Xms1500m", "-Xmx1500m"] } else { ["-Xms128m", "-Xmx128m"] };
    command.arg("-XX:+UseSerialGC").args(heap).arg("-cp").arg(classes).args(["Peer", workload]);
    command
}

fn go(program: &Path, workload: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(workload);
    command
}
