#!/usr/bin/env bash
# Zeroed memory from the system comes without pages behind it: `alloc_zeroed` of gigabytes takes no memory until it is touched,
# which sparse tables and reserved arenas rely on, and who wants large OS pages asks for them before the first touch. That
# holds only up to the alignment that malloc has by itself. For a larger one, a cache line or a large page say, std takes
# the way of `posix_memalign` and writes the zeros itself, so all of it is touched at once, and advice about it
# comes too late. A table with an alignment is better mapped, or allocated a little longer and aligned by hand.
#
# Seen with rustc 1.95.0 on Linux with glibc, for 256 MiB: resident with an alignment of 16 bytes next to nothing, with
# one of 64 bytes all of it.
#
# Exits with 1 if that has changed.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat >finding.rs <<'RUST'
use std::alloc::{Layout, alloc_zeroed};

/// Bytes of the process that have memory behind them.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn main() {
    const BYTES: usize = 256 << 20;
    let shares = [16, 64].map(|align| {
        let before = resident();
        let place = unsafe { alloc_zeroed(Layout::from_size_align(BYTES, align).unwrap()) };
        assert!(!std::hint::black_box(place).is_null());
        (resident() - before) * 100 / BYTES
    });
    println!("percent resident, aligned to 16 and to 64: {shares:?}");
    std::process::exit(i32::from(!(shares[0] < 5 && shares[1] > 95)));
}
RUST
rustc --version
rustc --edition 2024 -O -o finding finding.rs
./finding
