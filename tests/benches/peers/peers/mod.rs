//! Who does the work.

use serde_json::Value;

use crate::measuring::Size;
use crate::workloads::WORKLOADS;

mod arc;
mod bacon;
mod boa;
mod bump;
mod counted;
mod cyclic;
mod dumpsters;
mod gc_arena;
mod ours;
mod rc;
mod rust_cc;
mod rust_gc;

/// Runs a workload.
pub(crate) type Run = fn(Size) -> Value;

/// A library, and how it does each of [`WORKLOADS`], in that order.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) is_ours: bool,
    /// Whether it shows what could be had, but frees nothing.
    pub(crate) is_limit: bool,
    /// Whether it follows edges by recursion, as deep as the longest path: it is given a stack for that.
    pub(crate) is_recursive: bool,
    pub(crate) runs: [Option<Run>; WORKLOADS.len()],
    /// Why it cannot do what it cannot do.
    pub(crate) cannot: &'static str,
}

impl Peer {
    const fn new(name: &'static str, runs: [Option<Run>; WORKLOADS.len()]) -> Self {
        Self { name, is_ours: false, is_limit: false, is_recursive: false, runs, cannot: "" }
    }

    pub(crate) fn workload(&self, name: &str) -> Option<Run> {
        WORKLOADS.iter().position(|workload| *workload == name).and_then(|at| self.runs[at])
    }
}

pub(crate) const PEERS: [Peer; 11] = [
    ours::PEER,
    gc_arena::PEER,
    rc::PEER,
    arc::PEER,
    boa::PEER,
    rust_gc::PEER,
    rust_cc::PEER,
    bacon::PEER,
    dumpsters::UNSYNC,
    dumpsters::SYNC,
    bump::PEER,
];

/// What runs each workload for types of these names, in the order of `WORKLOADS`.
macro_rules! runs {
    () => {
        $crate::peers::runs!(Some($crate::workloads::graph::run::<Network>))
    };
    ($graph:expr) => {
        [
            Some($crate::workloads::cache::run::<Cached>),
            Some($crate::workloads::binary_trees::run::<Trees>),
            Some($crate::workloads::gcbench::run::<Bench>),
            Some($crate::workloads::short_lists::run::<Lists>),
            $graph,
            Some($crate::workloads::strings::run::<Documents>),
        ]
    };
}
use runs;
