//! bumpalo: memory is taken and never given back. What objects own lies beside them. What could be had, if nothing had to
//! be freed.
#![forbid(unsafe_code)]

mod interpreter;
mod persistent;

use std::cell::Cell;

use bumpalo::Bump;
use interpreter::Vm;
use persistent::Versions;

use super::never_freed::{self, Link, Places};
use super::{Peer, runs};
use crate::random::{Random, weight};
use crate::workloads::{cache, graph, strings};

pub(super) const PEER: Peer = Peer { is_limit: true, ..Peer::new("bumpalo, never freed", runs!(graph)) };

impl<T: 'static> Places<T> for Bump {
    fn put(&'static self, value: T) -> &'static T {
        self.alloc(value)
    }
}

type Trees = never_freed::Trees<Bump>;
type Bench = never_freed::Bench<Bump>;
type Lists = never_freed::Lists<Bump>;

/// The process ends before this would be freed.
fn bump() -> &'static Bump {
    Box::leak(Box::default())
}

struct Cached(&'static Bump, cache::Map<&'static str>);

impl cache::Cache for Cached {
    fn new(window: usize) -> Self {
        Self(bump(), cache::map(window))
    }

    fn batch(&mut self, steps: &mut cache::Steps) {
        steps.each(&mut self.1, |text| self.0.alloc_str(text));
    }
}

struct Knot {
    twin: Cell<Link<Knot>>,
    edges: [Cell<Link<Knot>>; 2],
    number: u64,
}

struct Network(&'static Bump, Vec<&'static Knot>);

impl graph::Nodes for Network {
    type Node = &'static Knot;

    fn at(&self, place: usize) -> Self::Node {
        self.1[place]
    }

    fn put(&mut self, place: usize, node: Self::Node) {
        match self.1.get_mut(place) {
            Some(known) => *known = node,
            None => self.1.push(node),
        }
    }

    fn make(&mut self, number: u64, edges: [Option<Self::Node>; 2]) -> Self::Node {
        let knot = |twin, edges: [Option<Self::Node>; 2]| {
            &*self.0.alloc(Knot { twin: Cell::new(twin), edges: edges.map(Cell::new), number })
        };
        let node = knot(None, edges);
        node.twin.set(Some(knot(Some(node), [None; 2])));
        node
    }

    fn link(&self, from: &Self::Node, edge: usize, to: Self::Node) {
        from.edges[edge].set(Some(to));
    }

    fn follow(&self, from: &Self::Node, edge: usize) -> Option<Self::Node> {
        from.edges[edge].get()
    }

    fn number(&self, node: &Self::Node) -> u64 {
        node.number
    }
}

impl graph::Graph for Network {
    fn new() -> Self {
        Self(bump(), Vec::new())
    }

    fn batch(&mut self, steps: &mut graph::Steps) {
        steps.each(self);
    }
}

struct Document {
    name: &'static str,
    children: &'static [&'static Document],
}

impl Document {
    fn make(bump: &'static Bump, depth: u32, random: &mut Random) -> &'static Self {
        let name = bump.alloc_str(strings::name(random));
        let n = if depth > 0 { strings::CHILDREN } else { 0 };
        let children: Vec<_> = (0..n).map(|_| Self::make(bump, depth - 1, random)).collect();
        bump.alloc(Self { name, children: bump.alloc_slice_copy(&children) })
    }

    fn weight(&self) -> u64 {
        weight(self.name) + self.children.iter().map(|child| child.weight()).sum::<u64>()
    }
}

struct Documents(&'static Bump, Vec<&'static Document>);

impl strings::Strings for Documents {
    fn new() -> Self {
        Self(bump(), Vec::new())
    }

    fn replace(&mut self, place: usize, read: usize, random: &mut Random) -> u64 {
        let document = Document::make(self.0, strings::DEPTH, random);
        match self.1.get_mut(place) {
            Some(known) => *known = document,
            None => self.1.push(document),
        }
        self.1[read].weight()
    }
}
