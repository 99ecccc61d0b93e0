#!/usr/bin/env bash
# `slice.fill(Vec::new())` empties the vectors of a slice and frees the memory of one of them only. `fill` assigns with
# `clone_from`, and that of `Vec` and `String` keeps the room which the old value had; the last element alone is the new value
# itself. Who empties a table that way to give memory back gives nothing back; `for place in slice { *place = Vec::new() }`
# and `fill_with(Vec::new)` do.
#
# Seen with rustc 1.95.0 and stats_alloc 0.1.10, 1000 vectors of 1000 bytes: after `fill` 999,000 bytes are still
# allocated, after `fill_with` none.
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

[dependencies]
stats_alloc = "=0.1.10"
TOML
cat >src/main.rs <<'RUST'
use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const VECTORS: usize = 1000;
const BYTES: usize = 1000;

/// Bytes that full vectors still have after they were emptied.
fn left(empty: impl FnOnce(&mut [Vec<u8>])) -> isize {
    let mut table = vec![Vec::new(); VECTORS];
    let region = Region::new(ALLOCATOR);
    table.fill_with(|| vec![1; BYTES]);
    empty(&mut table);
    assert!(table.iter().all(Vec::is_empty));
    let change = region.change();
    change.bytes_allocated as isize - change.bytes_deallocated as isize
}

fn main() {
    let filled = left(|table| table.fill(Vec::new()));
    let filled_with = left(|table| table.fill_with(Vec::new));
    println!("bytes left: fill {filled}, fill_with {filled_with}");
    let as_seen = filled == ((VECTORS - 1) * BYTES) as isize && filled_with == 0;
    std::process::exit(i32::from(!as_seen));
}
RUST
cargo run -q --release
