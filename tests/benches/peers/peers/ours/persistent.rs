//! Trees that share nodes.

use std::collections::VecDeque;

use gc::{Gc, Mutation, Mutator, Root, Trace};

use crate::workloads::persistent::{Nodes, Persistent, Steps, VERSIONS, tree};

#[derive(Trace)]
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

pub(super) struct Versions {
    heap: Mutator,
    trees: VecDeque<Root<Node<'static>>>,
}

impl Persistent for Versions {
    fn new(keys: u64) -> Self {
        let mut heap = super::heap();
        let first = heap.mutate(|mc| mc.root(tree(&Open(mc), 0, keys).expect("there are keys")));
        Self { heap, trees: VecDeque::from([first]) }
    }

    fn batch(&mut self, steps: &mut Steps) {
        self.heap.mutate(|mc| {
            let newest = self.trees.back().expect("there is one").get(mc);
            self.trees.push_back(mc.root(steps.each(&Open(mc), newest)));
        });
        if self.trees.len() > VERSIONS {
            self.trees.pop_front();
        }
    }
}
