//! What samples for the profile cost a program that does nothing but allocate.
//!
//! ```text
//! cargo bench -p tests --bench profile
//! ```
//!
//! The same program with and without a profile, by turns, each on a heap of its own; of each pair the ratio of the
//! processor time that the process has spent, the collector's threads included. The first rate is none, too: what its
//! ratios differ by, the others may differ by for no reason.
#![forbid(unsafe_code)]

use std::hint::black_box;

use gc::{Gc, Heap};
use tests::process::processor_nanoseconds;
use tests::table::{Sections, head, numbers};

const PAIRS: usize = 21;
const OBJECTS: usize = 20_000_000;
const AT_ONCE: usize = 10_000;
const RATES: [(&str, usize); 5] = [
    ("none", 0),
    ("512 KiB, Go's default", 512 << 10),
    ("64 KiB", 64 << 10),
    ("8 KiB", 8 << 10),
    ("1 KiB", 1 << 10),
];

/// The processor time of making objects of four words, of which none stays, and of the cycles that this brings about.
fn time(rate: usize) -> u64 {
    let heap = Heap::builder().profile_rate(rate).build();
    let before = processor_nanoseconds();
    for _ in 0..OBJECTS / AT_ONCE {
        heap.mutate(|mc| (0..AT_ONCE as u64).for_each(|n| _ = black_box(Gc::new(mc, [n; 4]))));
    }
    processor_nanoseconds() - before
}

fn main() {
    if Sections::wanted().is_none() {
        return;
    }
    head("processor time, in % of that without a profile; rate");
    let (mut ratios, _) = (vec![Vec::new(); RATES.len()], time(0));
    for pair in 0..PAIRS {
        for ((_, rate), ratios) in RATES.iter().zip(&mut ratios) {
            // Which of the two goes first takes turns, too.
            let (with, without) = if pair % 2 == 0 {
                let with = time(*rate);
                (with, time(0))
            } else {
                let without = time(0);
                (time(*rate), without)
            };
            ratios.push(with as f64 / without as f64 * 100.0);
        }
    }
    for ((name, _), ratios) in RATES.iter().zip(ratios) {
        numbers(name, ratios);
    }
}
