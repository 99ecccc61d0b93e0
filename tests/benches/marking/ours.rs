//! Marking with this crate.

use std::time::Duration;

use gc::{Gc, GcCell, Heap, HeapBuilder, Root, Trace};

use crate::shapes::{N, Shape};

/// 32 bytes, as everywhere here.
#[derive(Trace)]
struct Node<'gc> {
    edges: [GcCell<Option<Gc<'gc, Node<'gc>>>>; 3],
    _number: u64,
}

/// What keeps the graph.
#[expect(dead_code, reason = "roots are there to be there")]
enum Anchor {
    Object(Root<Node<'static>>),
    Slice(Root<[Gc<'static, Node<'static>>]>),
}

/// A heap with a graph in it.
pub(crate) struct Ours {
    heap: Heap,
    _anchor: Anchor,
}

impl Ours {
    pub(crate) fn new(shape: Shape, options: impl FnOnce(HeapBuilder) -> HeapBuilder) -> Self {
        let heap = options(Heap::builder().automatic(false)).build();
        let anchor = heap.mutate(|mc| {
            let node = |number| Node { edges: core::array::from_fn(|_| GcCell::new(None)), _number: number };
            let nodes: Vec<_> = (0..N as u64).map(|number| Gc::new(mc, node(number))).collect();
            shape.edges(|from, edge, to| nodes[from].edges[edge].set(mc, Some(nodes[to])));
            match shape {
                Shape::Slice => Anchor::Slice(mc.root(Gc::from_slice(mc, &nodes))),
                _ => Anchor::Object(mc.root(nodes[0])),
            }
        });
        Self { heap, _anchor: anchor }
    }

    /// Marks once: how long that took, and how many objects were found.
    pub(crate) fn mark(&self) -> (Duration, usize) {
        let cycle = self.heap.collect().expect("outside of mutations");
        (cycle.marking, usize::try_from(cycle.live_objects).expect("64 bits"))
    }
}
