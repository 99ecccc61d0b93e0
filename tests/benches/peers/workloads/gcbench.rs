//! The benchmark by Ellis, Kovac and Boehm: as `binary_trees`, with nodes that also hold numbers, made from the top by
//! mutation or from the bottom, beside an array. An operation is a node, a lap a tree.

use serde_json::Value;

use crate::measuring::{Size, Watch};

/// Numbers in the array.
pub(crate) const NUMBERS: u32 = 500_000;

/// Trees of nodes of two mutable pointers and two numbers. Each call is one mutation.
pub(crate) trait GcBench {
    /// Makes an array of [`NUMBERS`] which stays: `1.0 / number` at each but the first.
    fn new() -> Self;
    /// Makes a tree from the top, and tells how long its leftmost path is.
    fn top_down(&mut self, depth: u32) -> u64;
    /// The same from the bottom.
    fn bottom_up(&mut self, depth: u32) -> u64;
    /// Makes a tree from the top, which stays.
    fn keep(&mut self, depth: u32);
    /// Counts the nodes of what stays.
    fn count_kept(&mut self) -> u64;
    /// The element of the array.
    fn number(&mut self, at: usize) -> f64;
}

pub(crate) fn numbers() -> Vec<f64> {
    (0..NUMBERS).map(|number| 1.0 / f64::from(number.max(1))).collect()
}

pub(crate) fn run<P: GcBench>(size: Size) -> Value {
    let stretch: u32 = size.of(18, 15);
    let nodes_of = |depth: u32| (1_u64 << (depth + 1)) - 1;
    let mut peer = P::new();
    let mut checksum = peer.bottom_up(stretch);
    peer.keep(stretch - 2);
    let (mut watch, mut made) = (Watch::start(), 0);
    for depth in (4..=stretch - 2).step_by(2) {
        let trees = 2 * nodes_of(stretch) / nodes_of(depth);
        for _ in 0..trees {
            checksum += peer.top_down(depth);
            watch.lap();
        }
        for _ in 0..trees {
            checksum += peer.bottom_up(depth);
            watch.lap();
        }
        made += 2 * trees * nodes_of(depth);
    }
    checksum += peer.count_kept() + peer.number(1000).to_bits();
    watch.result(made, false, checksum)
}
