//! Peers that free nothing, which show what could be had if nothing had to be freed: what is the same in all of them.
#![forbid(unsafe_code)]

use std::cell::Cell;

use crate::workloads::{binary_trees, gcbench, short_lists};

pub(super) type Link<T> = Option<&'static T>;

/// Gives places that are never given back.
pub(super) trait Places<T: 'static>: Default + 'static {
    fn put(&'static self, value: T) -> &'static T;
}

/// The process ends before this would be freed.
fn places<P: Default>() -> &'static P {
    Box::leak(Box::default())
}

pub(super) struct Tree {
    left: Link<Tree>,
    right: Link<Tree>,
}

impl Tree {
    fn make(places: &'static impl Places<Self>, depth: u32) -> &'static Self {
        let child = || (depth > 0).then(|| Self::make(places, depth - 1));
        places.put(Self { left: child(), right: child() })
    }

    fn count(&self) -> u64 {
        1 + self.left.map_or(0, Self::count) + self.right.map_or(0, Self::count)
    }
}

pub(super) struct Trees<P: 'static>(&'static P, Link<Tree>);

impl<P: Places<Tree>> binary_trees::BinaryTrees for Trees<P> {
    fn new() -> Self {
        Self(places(), None)
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

pub(super) struct Node {
    children: [Cell<Link<Node>>; 2],
    _numbers: [u32; 2],
}

impl Node {
    fn made(places: &'static impl Places<Self>, children: [Link<Self>; 2]) -> &'static Self {
        places.put(Self { children: children.map(Cell::new), _numbers: [0; 2] })
    }

    fn bottom_up(places: &'static impl Places<Self>, depth: u32) -> &'static Self {
        Self::made(places, [(); 2].map(|()| (depth > 0).then(|| Self::bottom_up(places, depth - 1))))
    }

    fn top_down(places: &'static impl Places<Self>, depth: u32) -> &'static Self {
        let top = Self::made(places, [None; 2]);
        if depth > 0 {
            top.populate(places, depth);
        }
        top
    }

    fn populate(&self, places: &'static impl Places<Self>, depth: u32) {
        self.children.iter().for_each(|child| child.set(Some(Self::made(places, [None; 2]))));
        if depth > 1 {
            self.children.iter().filter_map(Cell::get).for_each(|child| child.populate(places, depth - 1));
        }
    }

    fn leftmost(&self) -> u64 {
        1 + self.children[0].get().map_or(0, Self::leftmost)
    }

    fn count(&self) -> u64 {
        1 + self.children.iter().filter_map(Cell::get).map(Self::count).sum::<u64>()
    }
}

pub(super) struct Bench<P: 'static> {
    places: &'static P,
    numbers: Vec<f64>,
    kept: Link<Node>,
}

impl<P: Places<Node>> gcbench::GcBench for Bench<P> {
    fn new() -> Self {
        Self { places: places(), numbers: gcbench::numbers(), kept: None }
    }

    fn top_down(&mut self, depth: u32) -> u64 {
        Node::top_down(self.places, depth).leftmost()
    }

    fn bottom_up(&mut self, depth: u32) -> u64 {
        Node::bottom_up(self.places, depth).leftmost()
    }

    fn keep(&mut self, depth: u32) {
        self.kept = Some(Node::top_down(self.places, depth));
    }

    fn count_kept(&mut self) -> u64 {
        self.kept.expect("kept").count()
    }

    fn number(&mut self, at: usize) -> f64 {
        self.numbers[at]
    }
}

pub(super) struct List {
    number: u64,
    next: Link<List>,
}

pub(super) struct Lists<P: 'static>(&'static P);

impl<P: Places<List>> short_lists::ShortLists for Lists<P> {
    fn new() -> Self {
        Self(places())
    }

    fn batch(&mut self, lists: &mut short_lists::Lists) {
        lists.each(|length| {
            let mut list: Link<List> = None;
            (0..length).for_each(|number| list = Some(self.0.put(List { number, next: list })));
            std::iter::successors(list, |list| list.next).map(|list| list.number).sum()
        });
    }
}
