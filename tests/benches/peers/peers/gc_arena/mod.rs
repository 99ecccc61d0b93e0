//! gc-arena: an arena that collects its debt after each mutation, as its documentation recommends.
#![forbid(unsafe_code)]
#![expect(single_use_lifetimes, reason = "what gc-arena derives")]

mod destructors;
mod finalizers;
mod interpreter;
mod persistent;
mod weak;

use destructors::Resources;
use finalizers::Finalized;
use gc_arena::barrier::unlock;
use gc_arena::{Arena, Collect, Gc, GcRefLock, Lock, Mutation, RefLock, Rootable};

use interpreter::Vm;
use persistent::Versions;
use weak::Watched;

use super::{Peer, runs};
use crate::random::{Random, weight};
use crate::workloads::{binary_trees, cache, gcbench, graph, short_lists, strings};

pub(super) const PEER: Peer = Peer::new("gc-arena", runs!(graph, weak, destructors, finalizers));

type Link<'gc, T> = Option<Gc<'gc, T>>;

#[derive(Collect)]
#[collect(no_drop)]
struct Tree<'gc> {
    left: Link<'gc, Tree<'gc>>,
    right: Link<'gc, Tree<'gc>>,
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

type TreesRoot = Rootable![Link<'_, Tree<'_>>];

struct Trees(Arena<TreesRoot>);

impl binary_trees::BinaryTrees for Trees {
    fn new() -> Self {
        Self(Arena::new(|_| None))
    }

    fn tree(&mut self, depth: u32) -> u64 {
        let nodes = self.0.mutate(|mc, _| Tree::make(mc, depth).count());
        self.0.collect_debt();
        nodes
    }

    fn keep(&mut self, depth: u32) {
        self.0.mutate_root(|mc, root| *root = Some(Tree::make(mc, depth)));
        self.0.collect_debt();
    }

    fn count_kept(&mut self) -> u64 {
        self.0.mutate(|_, root| root.expect("kept").count())
    }
}

#[derive(Collect)]
#[collect(no_drop)]
struct Node<'gc> {
    left: Lock<Link<'gc, Node<'gc>>>,
    right: Lock<Link<'gc, Node<'gc>>>,
    numbers: [u32; 2],
}

impl<'gc> Node<'gc> {
    fn new(mc: &Mutation<'gc>, left: Link<'gc, Self>, right: Link<'gc, Self>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { left: Lock::new(left), right: Lock::new(right), numbers: [0; 2] })
    }

    fn bottom_up(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Self> {
        let child = || (depth > 0).then(|| Self::bottom_up(mc, depth - 1));
        let (left, right) = (child(), child());
        Self::new(mc, left, right)
    }

    fn top_down(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Self> {
        let top = Self::new(mc, None, None);
        Self::populate(top, mc, depth);
        top
    }

    fn populate(this: Gc<'gc, Self>, mc: &Mutation<'gc>, depth: u32) {
        if depth > 0 {
            let node = Gc::write(mc, this);
            unlock!(node, Node, left).set(Some(Self::new(mc, None, None)));
            unlock!(node, Node, right).set(Some(Self::new(mc, None, None)));
            for child in [&this.left, &this.right] {
                Self::populate(child.get().expect("set"), mc, depth - 1);
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

#[derive(Collect)]
#[collect(no_drop)]
struct BenchRoot<'gc> {
    numbers: Gc<'gc, Vec<f64>>,
    kept: Link<'gc, Node<'gc>>,
}

struct Bench(Arena<Rootable![BenchRoot<'_>]>);

impl gcbench::GcBench for Bench {
    fn new() -> Self {
        Self(Arena::new(|mc| BenchRoot { numbers: Gc::new(mc, gcbench::numbers()), kept: None }))
    }

    fn top_down(&mut self, depth: u32) -> u64 {
        let length = self.0.mutate(|mc, _| Node::top_down(mc, depth).leftmost());
        self.0.collect_debt();
        length
    }

    fn bottom_up(&mut self, depth: u32) -> u64 {
        let length = self.0.mutate(|mc, _| Node::bottom_up(mc, depth).leftmost());
        self.0.collect_debt();
        length
    }

    fn keep(&mut self, depth: u32) {
        self.0.mutate_root(|mc, root| root.kept = Some(Node::top_down(mc, depth)));
        self.0.collect_debt();
    }

    fn count_kept(&mut self) -> u64 {
        self.0.mutate(|_, root| root.kept.expect("kept").count())
    }

    fn number(&mut self, at: usize) -> f64 {
        self.0.mutate(|_, root| root.numbers[at])
    }
}

#[derive(Collect)]
#[collect(no_drop)]
struct List<'gc> {
    number: u64,
    next: Link<'gc, List<'gc>>,
}

struct Lists(Arena<Rootable![()]>);

impl short_lists::ShortLists for Lists {
    fn new() -> Self {
        Self(Arena::new(|_| ()))
    }

    fn batch(&mut self, lists: &mut short_lists::Lists) {
        self.0.mutate(|mc, ()| {
            lists.each(|length| {
                let mut list = None;
                (0..length).for_each(|number| list = Some(Gc::new(mc, List { number, next: list })));
                std::iter::successors(list, |list| list.next).map(|list| list.number).sum()
            });
        });
        self.0.collect_debt();
    }
}

type CachedRoot = Rootable![GcRefLock<'_, cache::Map<Gc<'_, String>>>];

struct Cached(Arena<CachedRoot>);

impl cache::Cache for Cached {
    fn new(window: usize) -> Self {
        Self(Arena::new(|mc| Gc::new(mc, RefLock::new(cache::map(window)))))
    }

    fn batch(&mut self, steps: &mut cache::Steps) {
        self.0.mutate(|mc, map| steps.each(&mut map.borrow_mut(mc), |text| Gc::new(mc, text.to_owned())));
        self.0.collect_debt();
    }
}

#[derive(Collect)]
#[collect(no_drop)]
struct Knot<'gc> {
    twin: Lock<Link<'gc, Knot<'gc>>>,
    edges: Lock<[Link<'gc, Knot<'gc>>; 2]>,
    number: u64,
}

/// Places of a part of the table. The barrier of gc-arena has an object traced again that was changed while it marks,
/// as a whole: so the table is many.
const PART: usize = 256;

type Table<'gc> = Vec<GcRefLock<'gc, Vec<Gc<'gc, Knot<'gc>>>>>;

struct Network(Arena<Rootable![Table<'_>]>);

/// A mutation and the table of a network.
struct Open<'m, 'gc>(&'m Mutation<'gc>, &'m mut Table<'gc>);

impl<'gc> graph::Nodes for Open<'_, 'gc> {
    type Node = Gc<'gc, Knot<'gc>>;

    fn at(&self, place: usize) -> Self::Node {
        self.1[place / PART].borrow()[place % PART]
    }

    fn put(&mut self, place: usize, node: Self::Node) {
        if place / PART == self.1.len() {
            self.1.push(Gc::new(self.0, RefLock::new(Vec::with_capacity(PART))));
        }
        let mut part = self.1[place / PART].borrow_mut(self.0);
        match part.get_mut(place % PART) {
            Some(known) => *known = node,
            None => part.push(node),
        }
    }

    fn make(&mut self, number: u64, edges: [Option<Self::Node>; 2]) -> Self::Node {
        let knot =
            |twin, edges| Gc::new(self.0, Knot { twin: Lock::new(twin), edges: Lock::new(edges), number });
        let node = knot(None, edges);
        let twin = knot(Some(node), [None; 2]);
        unlock!(Gc::write(self.0, node), Knot, twin).set(Some(twin));
        node
    }

    fn link(&self, from: &Self::Node, edge: usize, to: Self::Node) {
        let mut edges = from.edges.get();
        edges[edge] = Some(to);
        unlock!(Gc::write(self.0, *from), Knot, edges).set(edges);
    }

    fn follow(&self, from: &Self::Node, edge: usize) -> Option<Self::Node> {
        from.edges.get()[edge]
    }

    fn number(&self, node: &Self::Node) -> u64 {
        node.number
    }
}

impl graph::Graph for Network {
    fn new() -> Self {
        Self(Arena::new(|_| Vec::new()))
    }

    fn batch(&mut self, steps: &mut graph::Steps) {
        self.0.mutate_root(|mc, table| steps.each(&mut Open(mc, table)));
        self.0.collect_debt();
    }
}

#[derive(Collect)]
#[collect(no_drop)]
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

type DocumentsRoot = Rootable![Vec<Gc<'_, Document<'_>>>];

struct Documents(Arena<DocumentsRoot>);

impl strings::Strings for Documents {
    fn new() -> Self {
        Self(Arena::new(|_| Vec::new()))
    }

    fn replace(&mut self, place: usize, read: usize, random: &mut Random) -> u64 {
        let weight = self.0.mutate_root(|mc, live| {
            let document = Document::make(mc, strings::DEPTH, random);
            match live.get_mut(place) {
                Some(known) => *known = document,
                None => live.push(document),
            }
            live[read].weight()
        });
        self.0.collect_debt();
        weight
    }
}
