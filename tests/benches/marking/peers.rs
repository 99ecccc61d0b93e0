//! Marking with other collectors, on the same graphs.

#![expect(single_use_lifetimes, reason = "what gc-arena derives")]

use std::time::Duration;

use boa_gc::{Finalize, GcRefCell};
use gc_arena::{Arena, Collect, Gc, Lock, Rootable};
use tests::table::timed;

use crate::shapes::{N, Shape};

#[derive(Clone, Copy, Collect)]
#[collect(no_drop)]
struct ArenaNode<'gc> {
    edges: [Option<Gc<'gc, Lock<ArenaNode<'gc>>>>; 3],
    number: u64,
}

type ArenaRoot = Rootable![Vec<Gc<'_, Lock<ArenaNode<'_>>>>];

/// An arena of gc-arena with a graph in it.
pub(crate) struct GcArena {
    arena: Arena<ArenaRoot>,
    shape: Shape,
}

impl GcArena {
    pub(crate) fn new(shape: Shape) -> Self {
        let arena = Arena::new(|mc| {
            let node = |number| Gc::new(mc, Lock::new(ArenaNode { edges: [None; 3], number }));
            let mut nodes: Vec<_> = (0..N as u64).map(node).collect();
            shape.edges(N, |from, edge, to| {
                let mut node = nodes[from].get();
                node.edges[edge] = Some(nodes[to]);
                nodes[from].set(mc, node);
            });
            nodes.truncate(if shape == Shape::Slice { N } else { 1 });
            nodes
        });
        Self { arena, shape }
    }

    /// Marks once. It does not say how many objects it finds, so the first run counts those that it keeps.
    pub(crate) fn mark(&mut self, found: usize) -> (Duration, usize) {
        self.arena.finish_cycle();
        let (time, marked) = timed(|| self.arena.finish_marking().is_some());
        assert!(marked, "the {:?} was not marked already", self.shape);
        self.arena.finish_cycle();
        (time, found)
    }
}

#[derive(boa_gc::Trace, Finalize)]
struct BoaNode {
    edges: GcRefCell<[Option<boa_gc::Gc<BoaNode>>; 3]>,
    _number: u64,
}

/// A graph in the heap of this thread of boa_gc.
pub(crate) struct Boa {
    _roots: Vec<boa_gc::Gc<BoaNode>>,
}

impl Boa {
    pub(crate) fn new(shape: Shape) -> Self {
        let node = |number| BoaNode { edges: GcRefCell::new([None, None, None]), _number: number };
        let mut nodes: Vec<_> = (0..N as u64).map(|number| boa_gc::Gc::new(node(number))).collect();
        shape.edges(N, |from, edge, to| nodes[from].edges.borrow_mut()[edge] = Some(nodes[to].clone()));
        nodes.truncate(if shape == Shape::Slice { N } else { 1 });
        Self { _roots: nodes }
    }

    /// A whole collection: it cannot mark alone.
    #[expect(clippy::unused_self, reason = "the graph must be there")]
    pub(crate) fn collect(&mut self, found: usize) -> (Duration, usize) {
        (timed(boa_gc::force_collect).0, found)
    }
}
