//! A large graph under mutation. A table leads to nodes, and each has two edges to others at random; each also has a twin,
//! and twins point to each other, so that all that dies is a cycle. An operation replaces the node at one place of the
//! table, turns eight edges elsewhere and walks a few. Nodes that left the table stay as long as edges lead to them;
//! edges are turned so often that these are about as many as are in the table, and no more.

use serde_json::Value;

use super::BATCH;
use crate::measuring::{Size, Watch};
use crate::random::Random;

/// A graph in a heap.
pub(crate) trait Graph {
    fn new() -> Self;
    /// Has `steps` work on the nodes. One mutation.
    fn batch(&mut self, steps: &mut Steps);
}

/// A graph while it is worked on.
pub(crate) trait Nodes {
    type Node: Clone;
    /// What the table leads to at this place.
    fn at(&self, place: usize) -> Self::Node;
    /// Sets it; a place at the end is new.
    fn put(&mut self, place: usize, node: Self::Node);
    /// Makes a node and its twin.
    fn make(&mut self, number: u64, edges: [Option<Self::Node>; 2]) -> Self::Node;
    fn link(&self, from: &Self::Node, edge: usize, to: Self::Node);
    fn follow(&self, from: &Self::Node, edge: usize) -> Option<Self::Node>;
    fn number(&self, node: &Self::Node) -> u64;
}

/// What is to be done with the graph.
pub(crate) struct Steps {
    random: Random,
    /// Places of the table.
    places: usize,
    made: usize,
    /// Not while the table is filled.
    watch: Option<Watch>,
    checksum: u64,
}

impl Steps {
    pub(crate) fn each(&mut self, nodes: &mut impl Nodes) {
        for _ in 0..BATCH {
            if let Some(mut watch) = self.watch.take() {
                self.step(nodes);
                watch.lap();
                self.watch = Some(watch);
            } else {
                let known = self.made;
                let edges = [(); 2].map(|()| (known > 0).then(|| nodes.at(self.random.index(known.max(1)))));
                let node = nodes.make(known as u64, edges);
                nodes.put(known, node);
            }
            self.made += 1;
        }
    }

    fn step<N: Nodes>(&mut self, nodes: &mut N) {
        let edges = [(); 2].map(|()| Some(self.any(nodes)));
        let node = nodes.make(self.made as u64, edges);
        let place = self.random.index(self.places);
        nodes.put(place, node);
        for _ in 0..8 {
            let (from, to) = (self.any(nodes), self.any(nodes));
            nodes.link(&from, self.random.index(2), to);
        }
        let mut here = self.any(nodes);
        for _ in 0..4 {
            self.checksum = self.checksum.wrapping_mul(31).wrapping_add(nodes.number(&here));
            let Some(next) = nodes.follow(&here, self.random.index(2)) else { break };
            here = next;
        }
    }

    fn any<N: Nodes>(&mut self, nodes: &N) -> N::Node {
        nodes.at(self.random.index(self.places))
    }
}

pub(crate) fn run<P: Graph>(size: Size) -> Value {
    let places = size.of(200_000_u64, 25_000) / BATCH * BATCH;
    let operations = 2 * places;
    let mut peer = P::new();
    let table = usize::try_from(places).expect("64 bits");
    let mut steps = Steps { random: Random::new(), places: table, made: 0, watch: None, checksum: 0 };
    (0..places / BATCH).for_each(|_| peer.batch(&mut steps));
    steps.watch = Some(Watch::start());
    (0..operations / BATCH).for_each(|_| peer.batch(&mut steps));
    steps.watch.expect("started").result(operations, true, steps.checksum)
}
