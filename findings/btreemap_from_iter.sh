#!/usr/bin/env bash
# How much memory a BTreeMap of std takes depends on how it was filled: collected from an iterator its nodes are packed full;
# inserted in a scattered order they are about two thirds full; inserted in ascending order, half, as each node that is
# split keeps half of its entries and never gets another one. There is no `capacity`, so whoever estimates from `len()` alone,
# as a collector does that paces itself by what objects own, is wrong by a factor of up to two for one of them.
#
# Seen with rustc 1.95.0 and stats_alloc 0.1.10, 100,000 entries of 16 bytes: 18.2 bytes an entry collected, 26.8 inserted
# in a scattered order, 34.3 in ascending order.
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
use std::collections::BTreeMap;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ENTRIES: u64 = 100_000;

/// Bytes that stay allocated, for each entry.
fn bytes_an_entry(fill: impl FnOnce() -> BTreeMap<u64, u64>) -> f64 {
    let region = Region::new(ALLOCATOR);
    let map = fill();
    let change = region.change();
    assert_eq!(map.len() as u64, ENTRIES);
    (change.bytes_allocated - change.bytes_deallocated) as f64 / ENTRIES as f64
}

fn main() {
    let collected = bytes_an_entry(|| (0..ENTRIES).map(|key| (key, key)).collect());
    let insert = |keys: &mut dyn Iterator<Item = u64>| {
        let mut map = BTreeMap::new();
        keys.for_each(|key| _ = map.insert(key, key));
        map
    };
    // An odd factor takes numbers of 64 bits to others, each once, and spreads them.
    let scattered = bytes_an_entry(|| insert(&mut (0..ENTRIES).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15))));
    let ascending = bytes_an_entry(|| insert(&mut (0..ENTRIES)));
    println!("bytes an entry: collected {collected:.1}, scattered {scattered:.1}, ascending {ascending:.1}");
    let as_seen = (17.5..19.0).contains(&collected) && (25.0..28.5).contains(&scattered) && (33.0..35.5).contains(&ascending);
    std::process::exit(i32::from(!as_seen));
}
RUST
rustc --version
cargo run --quiet --release
