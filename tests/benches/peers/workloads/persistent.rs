//! A persistent map: a large balanced tree (AVL) of which nothing ever changes. An operation looks a key up at random and
//! takes it out or puts it in, which makes about twenty nodes anew and shares all others with the tree before. The last
//! few trees stay. Nearly everything lives long, so this shows how long a large heap stops its program.

use serde_json::Value;

use super::BATCH;
use crate::measuring::{Size, Watch};
use crate::random::Random;

/// Trees that stay: those after the last batches.
pub(crate) const VERSIONS: usize = 16;

/// Trees in a heap.
pub(crate) trait Persistent {
    /// Makes the tree of the even numbers below twice this: see [`tree`].
    fn new(keys: u64) -> Self;
    /// Has `steps` make a tree of the newest one, and keeps it and [`VERSIONS`] in all. One mutation.
    fn batch(&mut self, steps: &mut Steps);
}

/// What nodes are made in.
pub(crate) trait Nodes {
    type Node: Clone;
    fn make(&self, key: u64, height: u32, children: [Option<Self::Node>; 2]) -> Self::Node;
    fn key(node: &Self::Node) -> u64;
    fn height(node: &Self::Node) -> u32;
    fn children(node: &Self::Node) -> &[Option<Self::Node>; 2];
}

type Link<N> = Option<<N as Nodes>::Node>;

/// The tree of the even numbers from `2 * from` on, below `2 * to`.
pub(crate) fn tree<N: Nodes>(nodes: &N, from: u64, to: u64) -> Link<N> {
    let middle = from.midpoint(to);
    (from < to).then(|| node(nodes, 2 * middle, [tree(nodes, from, middle), tree(nodes, middle + 1, to)]))
}

fn node<N: Nodes>(nodes: &N, key: u64, children: [Link<N>; 2]) -> N::Node {
    let higher = height::<N>(&children[0]).max(height::<N>(&children[1]));
    nodes.make(key, higher + 1, children)
}

fn height<N: Nodes>(tree: &Link<N>) -> u32 {
    tree.as_ref().map_or(0, N::height)
}

/// Two children, of which the first is on this side.
fn pair<T>(side: usize, here: T, there: T) -> [T; 2] {
    if side == 0 { [here, there] } else { [there, here] }
}

/// A node, where one child may be too high by one.
fn balanced<N: Nodes>(nodes: &N, key: u64, children: [Link<N>; 2]) -> N::Node {
    let difference = height::<N>(&children[0]).abs_diff(height::<N>(&children[1]));
    if difference <= 1 {
        return node(nodes, key, children);
    }
    let [left, right] = children;
    let (side, high, low) =
        if height::<N>(&left) > height::<N>(&right) { (0, left, right) } else { (1, right, left) };
    let high = high.expect("it is higher than another");
    let (outer, inner) = (&N::children(&high)[side], &N::children(&high)[1 - side]);
    if height::<N>(outer) >= height::<N>(inner) {
        let below = node(nodes, key, pair(side, inner.clone(), low));
        return node(nodes, N::key(&high), pair(side, outer.clone(), Some(below)));
    }
    let top = inner.as_ref().expect("it is higher than another");
    let parts = N::children(top);
    let here = node(nodes, N::key(&high), pair(side, outer.clone(), parts[side].clone()));
    let there = node(nodes, key, pair(side, parts[1 - side].clone(), low));
    node(nodes, N::key(top), pair(side, Some(here), Some(there)))
}

fn with<N: Nodes>(nodes: &N, tree: Option<&N::Node>, key: u64) -> N::Node {
    let Some(top) = tree else { return node(nodes, key, [None, None]) };
    let side = usize::from(key > N::key(top));
    let children = N::children(top);
    let below = with(nodes, children[side].as_ref(), key);
    balanced(nodes, N::key(top), pair(side, Some(below), children[1 - side].clone()))
}

fn without<N: Nodes>(nodes: &N, top: &N::Node, key: u64) -> Link<N> {
    let children = N::children(top);
    if key == N::key(top) {
        return match children {
            [left, Some(right)] if left.is_some() => {
                let (least, rest) = without_least(nodes, right);
                Some(balanced(nodes, least, [left.clone(), rest]))
            }
            [left, right] => left.clone().or_else(|| right.clone()),
        };
    }
    let side = usize::from(key > N::key(top));
    let below = without(nodes, children[side].as_ref().expect("the key is in the tree"), key);
    Some(balanced(nodes, N::key(top), pair(side, below, children[1 - side].clone())))
}

fn without_least<N: Nodes>(nodes: &N, top: &N::Node) -> (u64, Link<N>) {
    let [left, right] = N::children(top);
    let Some(left) = left else { return (N::key(top), right.clone()) };
    let (least, rest) = without_least(nodes, left);
    (least, Some(balanced(nodes, N::key(top), [rest, right.clone()])))
}

fn contains<N: Nodes>(top: &N::Node, key: u64) -> bool {
    let mut here = Some(top);
    while let Some(node) = here.filter(|node| N::key(node) != key) {
        here = N::children(node)[usize::from(key > N::key(node))].as_ref();
    }
    here.is_some()
}

/// What is to be done with the trees.
pub(crate) struct Steps {
    random: Random,
    keys: u64,
    watch: Watch,
    checksum: u64,
}

impl Steps {
    /// Makes a tree of this one.
    pub(crate) fn each<N: Nodes>(&mut self, nodes: &N, mut newest: N::Node) -> N::Node {
        for _ in 0..BATCH {
            let key = self.random.below(2 * self.keys);
            let known = contains::<N>(&newest, key);
            newest = if known {
                without(nodes, &newest, key).expect("there are many keys")
            } else {
                with(nodes, Some(&newest), key)
            };
            let found = u64::from(known) * key + u64::from(N::height(&newest));
            self.checksum = self.checksum.wrapping_mul(31).wrapping_add(found);
            self.watch.lap();
        }
        newest
    }
}

pub(crate) fn run<P: Persistent>(size: Size) -> Value {
    let (keys, batches) = (size.of(1_600_000, 200_000), size.of(20_000, 2_000));
    let mut peer = P::new(keys);
    let mut steps = Steps { random: Random::new(), keys, watch: Watch::start(), checksum: 0 };
    (0..batches).for_each(|_| peer.batch(&mut steps));
    steps.watch.result(batches * BATCH, true, steps.checksum)
}
