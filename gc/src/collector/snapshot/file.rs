//! The file: nodes, their edges and the strings, in the order in which readers want them.
//!
//! A row of a node is `type, name, id, self_size, edge_count`, one of an edge `type, name_or_index, to_node`, where a node is told by
//! the place of its row's first number. The edges of a node come before its row is written here, and so have an order and a count;
//! in the file, which is put together at the end, all rows come first.
//!
//! Readers take ids and sizes modulo 2^32, and hold all numbers of nodes, and of edges, in a table that is told by 32 bits.
//!
//! # Invariants
//!
//! 1. A row's count is of the edges between it and the row before.
//! 2. No edge leads to a node that is not there.

use core::ops::ControlFlow;
use std::io::{self, Write};

use super::spool::Spool;
use super::strings::Strings;
use crate::error::SnapshotError;

/// What describes a snapshot; the names of types as V8 has them, whose numbers are those of [`NodeKind`] and [`EdgeKind`].
const META: &str = r#""node_fields":["type","name","id","self_size","edge_count"],
"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic"],"string","number","number","number"],
"edge_fields":["type","name_or_index","to_node"],
"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"]"#;

const NODE_FIELDS: u64 = 5;
const EDGE_FIELDS: u64 = 3;

/// The type of a node. Not those that readers treat in ways of their own, such as `hidden`, `array`, `string` and `code`.
#[derive(Clone, Copy, Debug)]
pub(super) enum NodeKind {
    Object = 3,
    Native = 8,
    Synthetic = 9,
}

/// The type of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EdgeKind {
    /// Its name is a number.
    Element = 1,
    Property = 2,
    /// Keeps nothing.
    Weak = 6,
}

/// What there is of a node but its edges.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    /// The number of a string.
    pub(super) name: u32,
    pub(super) id: u32,
    pub(super) self_size: u32,
}

/// A snapshot that is being written.
#[derive(Debug, Default)]
pub(super) struct SnapshotFile {
    nodes: Spool,
    edges: Spool,
    pub(super) strings: Strings,
    n_nodes: u64,
    n_edges: u64,
    /// How many edges belong to nodes whose rows are written.
    n_closed: u64,
    /// The last node that an edge leads to.
    last_target: u32,
    failed: Option<SnapshotError>,
}

impl SnapshotFile {
    /// Writes an edge of the node whose row is the next one. Breaks if it is of no use to go on.
    pub(super) fn edge(&mut self, kind: EdgeKind, name: u32, to: u32) -> ControlFlow<()> {
        self.n_edges += 1;
        self.last_target = self.last_target.max(to);
        let written = self.edges.row(&[kind as u64, u64::from(name), u64::from(to) * NODE_FIELDS]);
        self.note(written, self.n_edges * EDGE_FIELDS)
    }

    /// Writes the row of the node that edges were written of since the last one.
    pub(super) fn node(&mut self, node: Node) -> ControlFlow<()> {
        let n_edges = self.n_edges - self.n_closed;
        self.n_closed = self.n_edges;
        self.n_nodes += 1;
        let Node { kind, name, id, self_size } = node;
        let row = [kind as u64, u64::from(name), u64::from(id), u64::from(self_size), n_edges];
        let written = self.nodes.row(&row);
        self.note(written, self.n_nodes * NODE_FIELDS)
    }

    /// Notes whether a row was written, with which there are so many numbers.
    fn note(&mut self, written: io::Result<()>, numbers: u64) -> ControlFlow<()> {
        match written {
            Ok(()) if numbers <= u64::from(u32::MAX) => return ControlFlow::Continue(()),
            Ok(()) => self.failed.get_or_insert(SnapshotError::TooLarge),
            Err(error) => self.failed.get_or_insert(SnapshotError::Temporary(error)),
        };
        ControlFlow::Break(())
    }

    /// All is written, if nothing has failed.
    pub(super) fn finish(mut self) -> Result<Self, SnapshotError> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// Asserts the invariants, when all is written.
    pub(super) fn check(&self) {
        assert_eq!(self.n_edges, self.n_closed, "invariant 1: edges of no node");
        assert!(u64::from(self.last_target) < self.n_nodes, "invariant 2: an edge leads nowhere");
    }

    /// Writes all of it.
    pub(super) fn copy_to(self, writer: &mut dyn Write) -> Result<(), SnapshotError> {
        let Self { nodes, edges, strings, n_nodes, n_edges, .. } = self;
        let head = format!(
            "{{\"snapshot\":{{\"meta\":{{{META}}},\n\"node_count\":{n_nodes},\"edge_count\":{n_edges},\
             \"trace_function_count\":0}},\n\"nodes\":["
        );
        writer.write_all(head.as_bytes()).map_err(SnapshotError::Writer)?;
        nodes.copy_to(writer)?;
        writer.write_all(b"],\n\"edges\":[").map_err(SnapshotError::Writer)?;
        edges.copy_to(writer)?;
        writer.write_all(b"],\n\"strings\":[").map_err(SnapshotError::Writer)?;
        strings.write(writer).map_err(SnapshotError::Writer)?;
        writer.write_all(b"]}\n").map_err(SnapshotError::Writer)?;
        writer.flush().map_err(SnapshotError::Writer)
    }
}
