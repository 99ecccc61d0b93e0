//! Trees that share nodes.

use bumpalo::Bump;

use crate::workloads::persistent::{self, Steps};

pub(crate) struct Node {
    key: u64,
    height: u32,
    children: [Option<&'static Node>; 2],
}

pub(super) struct Versions(&'static Bump, &'static Node);

impl persistent::Nodes for &'static Bump {
    type Node = &'static Node;

    fn make(&self, key: u64, height: u32, children: [Option<Self::Node>; 2]) -> Self::Node {
        self.alloc(Node { key, height, children })
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

impl persistent::Persistent for Versions {
    fn new(keys: u64) -> Self {
        let bump = super::bump();
        Self(bump, persistent::tree(&bump, 0, keys).expect("there are keys"))
    }

    fn batch(&mut self, steps: &mut Steps) {
        self.1 = steps.each(&self.0, self.1);
    }
}
