//! What is done, whoever does it: one trait for each workload, and one function that runs what implements it.

pub(crate) mod binary_trees;
pub(crate) mod cache;
pub(crate) mod gcbench;
pub(crate) mod graph;
pub(crate) mod short_lists;
pub(crate) mod strings;

pub(crate) const WORKLOADS: [&str; 6] =
    ["cache", "binary_trees", "gcbench", "short_lists", "graph", "strings"];

/// Operations of one mutation, where operations are short: collectors that work between mutations do so as often.
pub(crate) const BATCH: u64 = 32;
