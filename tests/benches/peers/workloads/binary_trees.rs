//! The benchmark of that name: trees of all depths are made and die, while a large one lives. An operation is a node, a
//! lap a tree.

use serde_json::Value;

use crate::measuring::{Size, Watch};

/// Trees of nodes of two pointers. Each call is one mutation.
pub(crate) trait BinaryTrees {
    fn new() -> Self;
    /// Makes a tree, counts its nodes and forgets it.
    fn tree(&mut self, depth: u32) -> u64;
    /// Makes a tree which stays.
    fn keep(&mut self, depth: u32);
    /// Counts the nodes of the tree that stays.
    fn count_kept(&mut self) -> u64;
}

pub(crate) fn run<P: BinaryTrees>(size: Size) -> Value {
    let deepest: u32 = size.of(18, 15);
    let mut peer = P::new();
    let mut nodes = peer.tree(deepest + 1);
    peer.keep(deepest);
    let (mut watch, mut made) = (Watch::start(), 0);
    for depth in (4..=deepest).step_by(2) {
        for _ in 0..1_u64 << (deepest - depth + 4) {
            made += peer.tree(depth);
            watch.lap();
        }
    }
    nodes += peer.count_kept();
    watch.result(made, false, nodes + made)
}
