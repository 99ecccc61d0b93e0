//! This library: a heap with default options.
#![forbid(unsafe_code)]

mod destructors;
mod finalizers;
mod interpreter;
mod mutators;
mod persistent;
mod weak;

use gc::{Gc, GcCell, GcRefCell, Heap, Mutation, Mutator, Root, Trace};

use destructors::Resources;
use finalizers::Finalized;
use interpreter::Vm;
use mutators::Forest;
use persistent::Versions;
use weak::Watched;

use super::{Peer, runs};
use crate::random::{Random, weight};
use crate::workloads::{binary_trees, cache, gcbench, graph, short_lists, strings};

pub(super) const PEER: Peer = Peer {
    is_ours: true,
    ..Peer::new("gc", runs!(graph, mutators_1, mutators_2, mutators_4, weak, destructors, finalizers))
};

fn heap() -> Mutator {
    Heap::new().attach()
}

#[derive(Trace)]
struct Tree<'gc> {
    left: Option<Gc<'gc, Tree<'gc>>>,
    right: Option<Gc<'gc, Tree<'gc>>>,
}

impl<'gc> Tree<'gc> {
    fn make(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Self> {
        let child = || (depth > 0).then(|| Self::make(mc, depth - 1));
        Gc::new(mc, Self { left: child(), right: child() })
    }

    fn count(&self) -> u64 {
        1 + self.left.map_or(0, |left| left.count()) + self.right.map_or(0, |right| right.count())
    }
}

struct Trees {
    heap: Mutator,
    kept: Option<Root<Tree<'static>>>,
}

impl binary_trees::BinaryTrees for Trees {
    fn new() -> Self {
        Self { heap: heap(), kept: None }
    }

    fn tree(&mut self, depth: u32) -> u64 {
        self.heap.mutate(|mc| Tree::make(mc, depth).count())
    }

    fn keep(&mut self, depth: u32) {
        self.kept = Some(self.heap.mutate(|mc| mc.root(Tree::make(mc, depth))));
    }

    fn count_kept(&mut self) -> u64 {
        self.heap.mutate(|mc| self.kept.as_ref().expect("kept").get(mc).count())
    }
}

#[derive(Trace)]
struct Node<'gc> {
    left: GcCell<Option<Gc<'gc, Node<'gc>>>>,
    right: GcCell<Option<Gc<'gc, Node<'gc>>>>,
    _numbers: [u32; 2],
}

impl<'gc> Node<'gc> {
    fn new(mc: &Mutation<'gc>, left: Option<Gc<'gc, Self>>, right: Option<Gc<'gc, Self>>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { left: GcCell::new(left), right: GcCell::new(right), _numbers: [0; 2] })
    }

    fn bottom_up(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Self> {
        let child = || (depth > 0).then(|| Self::bottom_up(mc, depth - 1));
        let (left, right) = (child(), child());
        Self::new(mc, left, right)
    }

    fn top_down(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Self> {
        let top = Self::new(mc, None, None);
        top.populate(mc, depth);
        top
    }

    fn populate(&self, mc: &Mutation<'gc>, depth: u32) {
        if depth > 0 {
            self.left.set(mc, Some(Self::new(mc, None, None)));
            self.right.set(mc, Some(Self::new(mc, None, None)));
            for child in [&self.left, &self.right] {
                child.get().expect("set").populate(mc, depth - 1);
            }
        }
    }

    fn leftmost(&self) -> u64 {
        1 + self.left.get().map_or(0, |left| left.leftmost())
    }

    fn count(&self) -> u64 {
        1 + [&self.left, &self.right]
            .map(|child| child.get().map_or(0, |node| node.count()))
            .iter()
            .sum::<u64>()
    }
}

struct Bench {
    heap: Mutator,
    numbers: Root<[f64]>,
    kept: Option<Root<Node<'static>>>,
}

impl gcbench::GcBench for Bench {
    fn new() -> Self {
        let mut heap = heap();
        let numbers = heap.mutate(|mc| mc.root(Gc::from_slice(mc, &gcbench::numbers())));
        Self { heap, numbers, kept: None }
    }

    fn top_down(&mut self, depth: u32) -> u64 {
        self.heap.mutate(|mc| Node::top_down(mc, depth).leftmost())
    }

    fn bottom_up(&mut self, depth: u32) -> u64 {
        self.heap.mutate(|mc| Node::bottom_up(mc, depth).leftmost())
    }

    fn keep(&mut self, depth: u32) {
        self.kept = Some(self.heap.mutate(|mc| mc.root(Node::top_down(mc, depth))));
    }

    fn count_kept(&mut self) -> u64 {
        self.heap.mutate(|mc| self.kept.as_ref().expect("kept").get(mc).count())
    }

    fn number(&mut self, at: usize) -> f64 {
        self.heap.mutate(|mc| self.numbers.get(mc)[at])
    }
}

#[derive(Trace)]
struct List<'gc> {
    number: u64,
    next: Option<Gc<'gc, List<'gc>>>,
}

struct Lists(Mutator);

impl short_lists::ShortLists for Lists {
    fn new() -> Self {
        Self(heap())
    }

    fn batch(&mut self, lists: &mut short_lists::Lists) {
        self.0.mutate(|mc| {
            lists.each(|length| {
                let mut list = None;
                (0..length).for_each(|number| list = Some(Gc::new(mc, List { number, next: list })));
                std::iter::successors(list, |list| list.next).map(|list| list.number).sum()
            });
        });
    }
}

/// The map in its cell.
type MapCell<'gc> = GcRefCell<cache::Map<Gc<'gc, String>>>;

struct Cached {
    heap: Mutator,
    map: Root<MapCell<'static>>,
}

impl cache::Cache for Cached {
    fn new(window: usize) -> Self {
        let mut heap = heap();
        let map = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(cache::map(window)))));
        Self { heap, map }
    }

    fn batch(&mut self, steps: &mut cache::Steps) {
        self.heap.mutate(|mc| {
            let map = self.map.get(mc);
            steps.each(&mut map.borrow_mut(mc), |text| Gc::new(mc, text.to_owned()));
        });
    }
}

#[derive(Trace)]
struct Knot<'gc> {
    twin: GcCell<Option<Gc<'gc, Knot<'gc>>>>,
    edges: [GcCell<Option<Gc<'gc, Knot<'gc>>>>; 2],
    number: u64,
}

type Table<'gc> = GcRefCell<Vec<Gc<'gc, Knot<'gc>>>>;

struct Network {
    heap: Mutator,
    table: Root<Table<'static>>,
}

/// A mutation and the table of a network.
struct Open<'m, 'gc>(&'m Mutation<'gc>, gc::RefMut<'m, Vec<Gc<'gc, Knot<'gc>>>>);

impl<'gc> graph::Nodes for Open<'_, 'gc> {
    type Node = Gc<'gc, Knot<'gc>>;

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
            Gc::new(self.0, Knot { twin: GcCell::new(twin), edges: edges.map(GcCell::new), number })
        };
        let node = knot(None, edges);
        node.twin.set(self.0, Some(knot(Some(node), [None; 2])));
        node
    }

    fn link(&self, from: &Self::Node, edge: usize, to: Self::Node) {
        from.edges[edge].set(self.0, Some(to));
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
        let mut heap = heap();
        let table = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Vec::new()))));
        Self { heap, table }
    }

    fn batch(&mut self, steps: &mut graph::Steps) {
        self.heap.mutate(|mc| {
            let table = self.table.get(mc);
            steps.each(&mut Open(mc, Gc::as_ref(table).borrow_mut(mc)));
        });
    }
}

#[derive(Trace)]
struct Document<'gc> {
    name: String,
    children: Vec<Gc<'gc, Document<'gc>>>,
}

impl<'gc> Document<'gc> {
    fn make(mc: &Mutation<'gc>, depth: u32, random: &mut Random) -> Gc<'gc, Self> {
        let name = strings::name(random).to_owned();
        let n = if depth > 0 { strings::CHILDREN } else { 0 };
        let children = (0..n).map(|_| Self::make(mc, depth - 1, random)).collect();
        Gc::new(mc, Self { name, children })
    }

    fn weight(&self) -> u64 {
        weight(&self.name) + self.children.iter().map(|child| child.weight()).sum::<u64>()
    }
}

struct Documents {
    heap: Mutator,
    live: Vec<Root<Document<'static>>>,
}

impl strings::Strings for Documents {
    fn new() -> Self {
        Self { heap: heap(), live: Vec::new() }
    }

    fn replace(&mut self, place: usize, read: usize, random: &mut Random) -> u64 {
        self.heap.mutate(|mc| {
            let document = mc.root(Document::make(mc, strings::DEPTH, random));
            match self.live.get_mut(place) {
                Some(known) => *known = document,
                None => self.live.push(document),
            }
            self.live[read].get(mc).weight()
        })
    }
}
