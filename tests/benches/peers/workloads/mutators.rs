//! The binary trees once more, by several threads that share a heap. All together they make what `binary_trees` makes, each
//! a part of the trees of each depth, and the first also the tree that stays. An operation is a node, of whichever thread,
//! by the clock on the wall: half the time for twice the threads is the best that can be.

use std::sync::mpsc;
use std::thread;

use serde_json::Value;

use super::binary_trees::BinaryTrees;
use crate::measuring::{Size, Watch};

/// A heap that threads share.
pub(crate) trait Shared: Sync {
    type Mutator: BinaryTrees;
    fn new() -> Self;
    /// What makes trees in this heap, on the thread that calls.
    fn mutator(&self) -> Self::Mutator;
}

/// A run with `N` mutators.
pub(crate) fn run<S: Shared + 'static, const N: u64>(size: Size) -> Value {
    let heap: &S = Box::leak(Box::new(S::new()));
    let (done, results) = mpsc::channel();
    let mut watch = Watch::start();
    for number in 0..N {
        let done = done.clone();
        thread::spawn(move || {
            let mut mutator = heap.mutator();
            done.send(part(&mut mutator, number, N, size)).expect("the main thread waits");
            // What ends with the thread is not measured: it does not end before the process.
            loop {
                thread::park();
            }
        });
    }
    let (mut made, mut checksum) = (0, 0);
    for _ in 0..N {
        let (part, laps, kept) = results.recv().expect("the threads do their work");
        watch.add(&laps);
        made += part;
        checksum += part + kept;
    }
    watch.result(made, false, checksum)
}

/// What one of them does: the nodes it makes, its laps, and what of the nodes has stayed.
fn part(mutator: &mut impl BinaryTrees, number: u64, of: u64, size: Size) -> (u64, Watch, u64) {
    let deepest: u32 = size.of(18, 15);
    let mut watch = Watch::start();
    if number == 0 {
        mutator.keep(deepest);
        watch.lap();
    }
    let mut made = 0;
    for depth in (4..=deepest).step_by(2) {
        for _ in 0..(1_u64 << (deepest - depth + 4)) / of {
            made += mutator.tree(depth);
            watch.lap();
        }
    }
    let kept = if number == 0 { mutator.count_kept() } else { 0 };
    (made, watch, kept)
}
