//! Graphs of objects.

use std::sync::Arc;

use gc::{Gc, GcCell, GcRefCell, Mutation, Trace};

use crate::canary::{Canary, Ledger};

/// An edge that may be missing.
pub type Link<'gc> = GcCell<Option<Gc<'gc, Node<'gc>>>>;

/// A node of any shape: two edges in its mask, any number in its tail, and a canary.
#[derive(Trace)]
pub struct Node<'gc> {
    /// Tells of its death.
    pub canary: Canary,
    /// The first edge.
    pub left: Link<'gc>,
    /// The second edge.
    pub right: Link<'gc>,
    /// All other edges.
    pub others: GcRefCell<Vec<Gc<'gc, Node<'gc>>>>,
}

impl core::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Node({})", self.canary.id())
    }
}

impl<'gc> Node<'gc> {
    /// A node without edges.
    pub fn new(mc: &Mutation<'gc>, ledger: &Arc<Ledger>) -> Gc<'gc, Self> {
        let others = GcRefCell::new(Vec::new());
        let (left, right) = (GcCell::new(None), GcCell::new(None));
        Gc::new(mc, Self { canary: ledger.canary(), left, right, others })
    }

    /// All edges.
    pub fn edges(&self, mc: &Mutation<'gc>) -> Vec<Gc<'gc, Self>> {
        let others = self.others.borrow(mc);
        self.left.get().into_iter().chain(self.right.get()).chain(others.iter().copied()).collect()
    }
}

/// `n` nodes without edges.
fn nodes<'gc>(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, n: usize) -> Vec<Gc<'gc, Node<'gc>>> {
    (0..n).map(|_| Node::new(mc, ledger)).collect()
}

/// Each node points to the next, the last to the first.
pub fn ring<'gc>(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, n: usize) -> Gc<'gc, Node<'gc>> {
    let all = nodes(mc, ledger, n);
    for (at, node) in all.iter().enumerate() {
        node.left.set(mc, Some(all[(at + 1) % n]));
    }
    all[0]
}

/// Each node points to every node.
pub fn clique<'gc>(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, n: usize) -> Gc<'gc, Node<'gc>> {
    let all = nodes(mc, ledger, n);
    for node in &all {
        node.others.borrow_mut(mc).extend(&all);
    }
    all[0]
}

/// Each node points to the one before and the one after.
pub fn doubly_linked<'gc>(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, n: usize) -> Gc<'gc, Node<'gc>> {
    let all = nodes(mc, ledger, n);
    for pair in all.windows(2) {
        pair[0].right.set(mc, Some(pair[1]));
        pair[1].left.set(mc, Some(pair[0]));
    }
    all[n / 2]
}

/// A binary tree in which each node points to its parent, too; a leaf of it, so that only parents lead on.
pub fn tree<'gc>(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, n: usize) -> Gc<'gc, Node<'gc>> {
    let all = nodes(mc, ledger, n);
    for (at, node) in all.iter().enumerate() {
        let child = |child| all.get(child).copied();
        node.left.set(mc, child(2 * at + 1));
        node.right.set(mc, child(2 * at + 2));
        if at > 0 {
            node.others.borrow_mut(mc).push(all[(at - 1) / 2]);
        }
    }
    all[n - 1]
}

/// A list of teeth, each of them a list: `n` nodes in all, `tooth` in each tooth.
pub fn comb<'gc>(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, n: usize, tooth: usize) -> Gc<'gc, Node<'gc>> {
    let all = nodes(mc, ledger, n);
    for (at, node) in all.iter().enumerate() {
        if at % tooth == 0 {
            node.right.set(mc, all.get(at + tooth).copied());
        }
        if (at + 1) % tooth != 0 {
            node.left.set(mc, all.get(at + 1).copied());
        }
    }
    all[0]
}

/// A node that leads to all others, on a path and by random edges, of which each node has up to four.
pub fn random<'gc>(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, n: usize, seed: u64) -> Gc<'gc, Node<'gc>> {
    let all = nodes(mc, ledger, n);
    let mut dice = Dice::new(seed);
    for (at, node) in all.iter().enumerate() {
        node.left.set(mc, all.get(at + 1).copied());
        if dice.below(2) == 0 {
            node.right.set(mc, Some(all[dice.below(n)]));
        }
        for _ in 0..dice.below(3) {
            node.others.borrow_mut(mc).push(all[dice.below(n)]);
        }
    }
    all[0]
}

/// The shape of what can be reached from a node: how many nodes and edges, and a number that changes when any
/// edge does. Reading a dead node is found by its canary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Nodes that can be reached.
    pub nodes: usize,
    /// Their edges.
    pub edges: usize,
    /// A hash of all edges.
    pub hash: u64,
}

impl Shape {
    /// The shape of what can be reached from `from`, whose canaries are all in one ledger.
    pub fn of<'gc>(mc: &Mutation<'gc>, from: Gc<'gc, Node<'gc>>) -> Self {
        let mut seen = vec![false; from.canary.ledger().made()];
        seen[from.canary.id()] = true;
        let (mut grey, mut shape) = (vec![from], Self { nodes: 0, edges: 0, hash: 0 });
        while let Some(node) = grey.pop() {
            shape.nodes += 1;
            for (at, next) in node.edges(mc).into_iter().enumerate() {
                let (tail, head) = (node.canary.id() as u64, next.canary.id() as u64);
                shape.edges += 1;
                let edge = Dice::new(tail << 32 | head).next() ^ at as u64;
                shape.hash = shape.hash.wrapping_add(Dice::new(edge).next());
                if !core::mem::replace(&mut seen[next.canary.id()], true) {
                    grey.push(next);
                }
            }
        }
        shape
    }

    /// The length of a ring.
    pub fn of_ring(ring: Gc<'_, Node<'_>>) -> usize {
        let first = ring.canary.id();
        let rest = std::iter::successors(ring.left.get(), |node| node.left.get());
        1 + rest.take_while(|node| node.canary.id() != first).count()
    }
}

/// Random numbers that are the same in every run.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for one seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    #[expect(clippy::should_implement_trait, reason = "dice never end")]
    pub fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    /// A number below `n`.
    ///
    /// # Panics
    ///
    /// `n` is zero.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).expect("a number of 64 bits");
        usize::try_from(self.next() % n).expect("below `n`")
    }
}
