//! Who does the work.

use std::process::Command;

use serde_json::Value;

use self::other::Other;
use crate::measuring::Size;
use crate::workloads::cannot;

mod arc;
mod bacon;
mod boa;
mod bump;
mod counted;
mod dumpsters;
mod gc_arena;
mod never_freed;
mod other;
mod ours;
mod rc;
mod rust_cc;
mod rust_gc;
mod typed;

/// Runs a workload.
pub(crate) type Run = fn(Size) -> Value;

/// The workloads that a peer can do, and how.
pub(crate) type Runs = &'static [(&'static str, Run)];

/// A library, and what it does.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) is_ours: bool,
    /// Whether it shows what could be had, but frees nothing.
    pub(crate) is_limit: bool,
    /// Whether it follows edges by recursion, as deep as the longest path: it is given a stack for that.
    pub(crate) is_recursive: bool,
    runs: Runs,
    /// A program that is not in Rust.
    other: Option<&'static Other>,
}

impl Peer {
    const fn new(name: &'static str, runs: Runs) -> Self {
        Self { name, is_ours: false, is_limit: false, is_recursive: false, runs, other: None }
    }

    /// Whether it is on this machine.
    pub(crate) fn is_there(&self) -> bool {
        self.other.is_none_or(Other::is_there)
    }

    /// Whether it takes what it needs from the global allocator of this program, if only in part.
    pub(crate) fn uses_allocator(&self) -> bool {
        !self.is_limit && self.other.is_none()
    }

    /// Whether somebody has written it, or said why it cannot be.
    pub(crate) fn is_written(&self, workload: &str) -> bool {
        let here = !self.is_limit || self.workload(workload).is_some();
        here && (self.other.is_none() || Other::does(workload))
    }

    /// Why it cannot do a workload, if it cannot.
    pub(crate) fn cannot(&self, workload: &str) -> Option<&'static str> {
        (self.other.is_none() && self.workload(workload).is_none()).then(|| cannot(workload))
    }

    /// What runs a workload in a process of its own: another program, or else this one.
    pub(crate) fn program(&self, workload: &str) -> Option<Command> {
        self.other?.command(workload)
    }

    pub(crate) fn workload(&self, name: &str) -> Option<Run> {
        self.runs.iter().find(|(workload, _)| *workload == name).map(|(_, run)| *run)
    }
}

pub(crate) const PEERS: [Peer; 14] = [
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
    typed::PEER,
    other::JAVA,
    other::GO,
];

/// What runs the workloads that all can do, and those that are named, for types of these names.
macro_rules! runs {
    ($($more:ident),*) => {
        &[
            $crate::peers::run!(cache),
            $crate::peers::run!(binary_trees),
            $crate::peers::run!(gcbench),
            $crate::peers::run!(short_lists),
            $crate::peers::run!(strings),
            $crate::peers::run!(persistent),
            $crate::peers::run!(interpreter),
            $($crate::peers::run!($more)),*
        ]
    };
}
use runs;

macro_rules! run {
    (cache) => {
        ("cache", $crate::workloads::cache::run::<Cached>)
    };
    (binary_trees) => {
        ("binary_trees", $crate::workloads::binary_trees::run::<Trees>)
    };
    (gcbench) => {
        ("gcbench", $crate::workloads::gcbench::run::<Bench>)
    };
    (short_lists) => {
        ("short_lists", $crate::workloads::short_lists::run::<Lists>)
    };
    (graph) => {
        ("graph", $crate::workloads::graph::run::<Network>)
    };
    (strings) => {
        ("strings", $crate::workloads::strings::run::<Documents>)
    };
    (persistent) => {
        ("persistent", $crate::workloads::persistent::run::<Versions>)
    };
    (interpreter) => {
        ("interpreter", $crate::workloads::interpreter::run::<Vm>)
    };
    (mutators_1) => {
        ("mutators_1", $crate::workloads::mutators::run::<Forest, 1>)
    };
    (mutators_2) => {
        ("mutators_2", $crate::workloads::mutators::run::<Forest, 2>)
    };
    (mutators_4) => {
        ("mutators_4", $crate::workloads::mutators::run::<Forest, 4>)
    };
    (weak) => {
        ("weak", $crate::workloads::weak::run::<Watched>)
    };
    (destructors) => {
        ("destructors", $crate::workloads::replacing::run::<Resources>)
    };
    (finalizers) => {
        ("finalizers", $crate::workloads::replacing::run::<Finalized>)
    };
}
use run;
