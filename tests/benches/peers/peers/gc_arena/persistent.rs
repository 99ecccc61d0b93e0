//! Trees that share nodes.

use std::collections::VecDeque;

use gc_arena::{Arena, Collect, Gc, Mutation, Rootable};

use crate::workloads::persistent::{Nodes, Persistent, Steps, VERSIONS, tree};

#[derive(Collect)]
#[collect(no_drop)]
struct Node<'gc> {
    key: u64,
    height: u32,
    children: [Option<Gc<'gc, Node<'gc>>>; 2],
}

struct Open<'m, 'gc>(&'m Mutation<'gc>);

impl<'gc> Nodes for Open<'_, 'gc> {
    type Node = Gc<'gc, Node<'gc>>;

    fn make(&self, key: u64, height: u32, children: [Option<Self::Node>; 2]) -> Self::Node {
        Gc::new(self.0, Node { key, height, children })
    }

    fn key(node: &Self::Node) -> u64 {
        node.key
    }

    fn height(node: &Self::Node) -> u32 {
        node.height
    }

    fn children(node: &Self::Node) -> &[Option<Self::Node>; 2] {
        &node.children
    }
}

type Trees = Rootable![VecDeque<Gc<'_, Node<'_>>>];

pub(super) struct Versions(Arena<Trees>);

impl Persistent for Versions {
    fn new(keys: u64) -> Self {
        Self(Arena::new(|mc| VecDeque::from([tree(&Open(mc), 0, keys).expect("there are keys")])))
    }

    fn batch(&mut self, steps: &mut Steps) {
        self.0.mutate_root(|mc, trees| {
            trees.push_back(steps.each(&Open(mc), *trees.back().expect("there is one")));
            if trees.len() > VERSIONS {
                trees.pop_front();
            }
        });
        self.0.collect_debt();
    }
}
