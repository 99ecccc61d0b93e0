//! bumpalo: memory is taken and never given back. What objects own lies beside them. What could be had, if nothing had to
//! be freed.
#![forbid(unsafe_code)]

mod interpreter;
mod persistent;

use std::cell::Cell;

use bumpalo::Bump;
use interpreter::Vm;
use persistent::Versions;

use super::{Peer, runs};
use crate::random::{Random, weight};
use crate::workloads::{binary_trees, cache, gcbench, graph, short_lists, strings};

pub(super) const PEER: Peer = Peer { is_limit: true, ..Peer::new("bumpalo, never freed", runs!(graph)) };

type Link<T> = Option<&'static T>;

/// The process ends before this would be freed.
fn bump() -> &'static Bump {
    Box::leak(Box::default())
}

struct Tree {
    left: Link<Tree>,
    right: Link<Tree>,
}

impl Tree {
    fn make(bump: &'static Bump, depth: u32) -> &'static Self {
        let child = || (depth > 0).then(|| Self::make(bump, depth - 1));
        bump.alloc(Self { left: child(), right: child() })
    }

    fn count(&self) -> u64 {
        1 + self.left.map_or(0, Self::count) + self.right.map_or(0, Self::count)
    }
}

struct Trees(&'static Bump, Link<Tree>);

impl binary_trees::BinaryTrees for Trees {
    fn new() -> Self {
        Self(bump(), None)
    }

    fn tree(&mut self, depth: u32) -> u64 {
        Tree::make(self.0, depth).count()
    }

    fn keep(&mut self, depth: u32) {
        self.1 = Some(Tree::make(self.0, depth));
    }

    fn count_kept(&mut self) -> u64 {
        self.1.expect("kept").count()
    }
}

struct Node {
    children: [Cell<Link<Node>>; 2],
    _numbers: [u32; 2],
}

impl Node {
    fn made(bump: &'static Bump, children: [Link<Self>; 2]) -> &'static Self {
        bump.alloc(Self { children: children.map(Cell::new), _numbers: [0; 2] })
    }

    fn bottom_up(bump: &'static Bump, depth: u32) -> &'static Self {
        Self::made(bump, [(); 2].map(|()| (depth > 0).then(|| Self::bottom_up(bump, depth - 1))))
    }

    fn top_down(bump: &'static Bump, depth: u32) -> &'static Self {
        let top = Self::made(bump, [None; 2]);
        if depth > 0 {
            top.populate(bump, depth);
        }
        top
    }

    fn populate(&self, bump: &'static Bump, depth: u32) {
        self.children.iter().for_each(|child| child.set(Some(Self::made(bump, [None; 2]))));
        if depth > 1 {
            self.children.iter().filter_map(Cell::get).for_each(|child| child.populate(bump, depth - 1));
        }
    }

    fn leftmost(&self) -> u64 {
        1 + self.children[0].get().map_or(0, Self::leftmost)
    }

    fn count(&self) -> u64 {
        1 + self.children.iter().filter_map(Cell::get).map(Self::count).sum::<u64>()
    }
}

struct Bench {
    bump: &'static Bump,
    numbers: &'static [f64],
    kept: Link<Node>,
}

impl gcbench::GcBench for Bench {
    fn new() -> Self {
        let bump = bump();
        Self { bump, numbers: bump.alloc_slice_copy(&gcbench::numbers()), kept: None }
    }

    fn top_down(&mut self, depth: u32) -> u64 {
        Node::top_down(self.bump, depth).leftmost()
    }

    fn bottom_up(&mut self, depth: u32) -> u64 {
        Node::bottom_up(self.bump, depth).leftmost()
    }

    fn keep(&mut self, depth: u32) {
        self.kept = Some(Node::top_down(self.bump, depth));
    }

    fn count_kept(&mut self) -> u64 {
        self.kept.expect("kept").count()
    }

    fn number(&mut self, at: usize) -> f64 {
        self.numbers[at]
    }
}

struct List {
    number: u64,
    next: Link<List>,
}

struct Lists(&'static Bump);

impl short_lists::ShortLists for Lists {
    fn new() -> Self {
        Self(bump())
    }

    fn batch(&mut self, lists: &mut short_lists::Lists) {
        lists.each(|length| {
            let mut list: Link<List> = None;
            (0..length).for_each(|number| list = Some(self.0.alloc(List { number, next: list })));
            std::iter::successors(list, |list| list.next).map(|list| list.number).sum()
        });
    }
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
