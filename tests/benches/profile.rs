//! What samples for the profile cost programs that do nothing but allocate: objects that nobody keeps, and trees.
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

use gc::{Gc, Heap, Mutation, Trace};
use tests::process::processor_nanoseconds;
use tests::table::{Sections, head, numbers};

const PAIRS: usize = 21;
const OBJECTS: usize = 20_000_000;
const AT_ONCE: usize = 10_000;
const TREES: usize = 300;
const DEPTH: u32 = 15;
const RATES: [(&str, usize); 5] = [
    ("none", 0),
    ("512 KiB, Go's default", 512 << 10),
    ("64 KiB", 64 << 10),
    ("8 KiB", 8 << 10),
    ("1 KiB", 1 << 10),
];

/// Makes objects of four words, of which none stays.
fn objects(heap: &Heap) {
    for _ in 0..OBJECTS / AT_ONCE {
        heap.mutate(|mc| (0..AT_ONCE as u64).for_each(|n| _ = black_box(Gc::new(mc, [n; 4]))));
    }
}

#[derive(Trace)]
struct Tree<'gc>(Option<[Gc<'gc, Tree<'gc>>; 2]>);

fn tree<'gc>(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Tree<'gc>> {
    Gc::new(mc, Tree((depth > 0).then(|| [tree(mc, depth - 1), tree(mc, depth - 1)])))
}

/// Makes binary trees, one after the other.
fn trees(heap: &Heap) {
    (0..TREES).for_each(|_| heap.mutate(|mc| _ = black_box(tree(mc, DEPTH))));
}

/// The processor time of a program, and of the cycles that it brings about.
fn time(program: fn(&Heap), rate: usize) -> u64 {
    let heap = Heap::builder().profile_rate(rate).build();
    let before = processor_nanoseconds();
    program(&heap);
    processor_nanoseconds() - before
}

fn main() {
    if Sections::wanted().is_none() {
        return;
    }
    head("processor time, in % of that without a profile; rate");
    compare("objects", objects);
    compare("trees", trees);
}

fn compare(name: &str, program: fn(&Heap)) {
    let time = |rate| time(program, rate);
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
    for ((rate, _), ratios) in RATES.iter().zip(ratios) {
        numbers(&format!("{name}, {rate}"), ratios);
    }
}
