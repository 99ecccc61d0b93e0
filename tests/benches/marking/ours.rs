//! Marking with this crate.

use std::time::Duration;

use gc::{Gc, GcCell, Heap, HeapBuilder, Root, Trace};
use tests::table::timed;

use crate::shapes::Shape;

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
    /// With the time that it took to make the objects, and to link them.
    pub(crate) fn new(
        shape: Shape,
        n: usize,
        options: impl FnOnce(HeapBuilder) -> HeapBuilder,
    ) -> (Self, [Duration; 2]) {
        let heap = options(Heap::builder().automatic(false)).build();
        let (anchor, making, linking) = heap.mutate(|mc| {
            let mut nodes = Vec::with_capacity(n);
            let node = |number| Node { edges: core::array::from_fn(|_| GcCell::new(None)), _number: number };
            let (making, ()) = timed(|| nodes.extend((0..n as u64).map(|number| Gc::new(mc, node(number)))));
            let (linking, ()) =
                timed(|| shape.edges(n, |from, edge, to| nodes[from].edges[edge].set(mc, Some(nodes[to]))));
            let anchor = match shape {
                Shape::Slice => Anchor::Slice(mc.root(Gc::from_slice(mc, &nodes))),
                _ => Anchor::Object(mc.root(nodes[0])),
            };
            (anchor, making, linking)
        });
        (Self { heap, _anchor: anchor }, [making, linking])
    }

    /// Marks once: how long that took, and how many objects were found.
    pub(crate) fn mark(&self) -> (Duration, usize) {
        let cycle = self.heap.collect().expect("outside of mutations");
        (cycle.marking, usize::try_from(cycle.live_objects).expect("64 bits"))
    }
}
