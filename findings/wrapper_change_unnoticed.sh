#!/usr/bin/env bash
# Who builds a workspace in several ways (sanitizers, loom, checks of the library's own) can do that by a workspace wrapper that
# adds flags, which keeps the crates of others from being built once more. cargo keeps the outputs of different wrappers
# apart by the wrapper's path, and builds anew when the compiler or RUSTFLAGS change; when the file at the wrapper's path
# changes, what was built with the old one still counts as fresh. So the name of such a wrapper has to change with its flags,
# or a target directory that is kept from one run to the next checks something else than it says.
#
# Seen with cargo 1.95.0: after the wrapper has lost `--cfg marked`, `cargo run` still runs the program that was built with it,
# and a build in an empty directory does not.
#
# Exits with 1 if that has changed.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[lints.rust]
unexpected_cfgs = "allow"
TOML
cat >src/main.rs <<'RUST'
fn main() {
    println!("{}", cfg!(marked));
}
RUST

wrap() {
    printf '#!/bin/sh\ncompiler=$1\nshift\nexec "$compiler" "$@" %s\n' "$1" >wrapper
    chmod +x wrapper
}
export RUSTC_WORKSPACE_WRAPPER=$room/wrapper CARGO_TARGET_DIR=$room/target
unset RUSTC_WRAPPER RUSTFLAGS

wrap "--cfg marked"
before=$(cargo run --quiet)
sleep 2
wrap ""
kept=$(cargo run --quiet)
anew=$(CARGO_TARGET_DIR=$room/empty cargo run --quiet)
echo "marked: $before; after the change $kept, in an empty directory $anew"
[ "$before $kept $anew" = "true true false" ]
