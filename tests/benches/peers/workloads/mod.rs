//! What is done, whoever does it: one trait for each workload, and one function that runs what implements it.

pub(crate) mod binary_trees;
pub(crate) mod cache;
pub(crate) mod destructors;
pub(crate) mod finalizers;
pub(crate) mod gcbench;
pub(crate) mod graph;
pub(crate) mod interpreter;
pub(crate) mod mutators;
pub(crate) mod persistent;
pub(crate) mod replacing;
pub(crate) mod short_lists;
pub(crate) mod strings;
pub(crate) mod weak;

pub(crate) const WORKLOADS: [&str; 14] = [
    "cache",
    "binary_trees",
    "gcbench",
    "short_lists",
    "graph",
    "strings",
    "persistent",
    "interpreter",
    "mutators_1",
    "mutators_2",
    "mutators_4",
    "weak",
    "destructors",
    "finalizers",
];

/// Why a peer does not do a workload that it does not do.
pub(crate) fn cannot(workload: &str) -> &'static str {
    match workload {
        "graph" => "leaks cycles",
        "weak" => "has no weak pointers",
        "destructors" => "destroys nothing",
        "finalizers" => "has no finalizers",
        _ => "has no heap that threads share",
    }
}

/// Operations of one mutation, where operations are short: collectors that work between mutations do so as often.
pub(crate) const BATCH: u64 = 32;
