//! Marking by hand: what can be had for a graph of one type, known to the loop, without anything that makes a
//! heap of it. The mark bit is in the object. The nodes lie side by side on large OS pages, as ours do.

use std::alloc::{Layout, alloc, dealloc};
use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::shapes::Shape;

struct Node {
    edges: [*mut Node; 3],
    marked: u64,
}

/// Of so many nodes, on large pages.
fn layout(n: usize) -> Layout {
    Layout::from_size_align(n * size_of::<Node>(), 2 << 20).expect("there are not so many")
}

/// Nodes, and what leads to them.
pub(crate) struct Probe {
    nodes: *mut Node,
    n: usize,
    roots: Vec<*mut Node>,
    /// What `marked` is after the next run.
    round: u64,
}

impl Probe {
    pub(crate) fn new(shape: Shape, n: usize) -> Self {
        let layout = layout(n);
        // SAFETY: the layout is not empty.
        let nodes = unsafe { alloc(layout) }.cast::<Node>();
        assert!(!nodes.is_null(), "there is memory");
        #[cfg(target_os = "linux")]
        // SAFETY: advice on memory that is ours.
        unsafe {
            use rustix::mm::{Advice, madvise};
            madvise(nodes.cast(), layout.size(), Advice::LinuxHugepage).expect("advice is taken");
        }
        let node = |i| nodes.wrapping_add(i);
        // SAFETY: zeros are a node; all are written for the first time here, in order.
        (0..n).for_each(|i| unsafe { node(i).write_bytes(0, 1) });
        shape.edges(n, |from, edge, to| {
            // SAFETY: `from` is below `n`, and the nodes were just written.
            unsafe { &mut *node(from) }.edges[edge] = node(to);
        });
        let n_roots = if shape == Shape::Slice { n } else { 1 };
        let roots = (0..n_roots).map(node).collect();
        Self { nodes, n, roots, round: 0 }
    }

    /// Depth first, with a stack.
    pub(crate) fn mark_plain(&mut self) -> (Duration, usize) {
        let started = Instant::now();
        self.round += 1;
        let (mut found, mut stack) = (0, Vec::new());
        for &root in &self.roots {
            stack.push(root);
            while let Some(node) = stack.pop() {
                // SAFETY: edges lead to nodes.
                let node = unsafe { &mut *node };
                if node.marked == self.round {
                    continue;
                }
                node.marked = self.round;
                found += 1;
                stack.extend(node.edges.into_iter().filter(|edge| !edge.is_null()));
            }
        }
        (started.elapsed(), black_box(found))
    }

    /// Depth first, with a ring of prefetched nodes between stack and scan.
    pub(crate) fn mark_with_ring(&mut self) -> (Duration, usize) {
        const PLACES: usize = 16;
        let started = Instant::now();
        self.round += 1;
        let (mut found, mut stack, mut roots) = (0, Vec::new(), self.roots.iter());
        let (mut ring, mut at, mut len) = ([std::ptr::null_mut::<Node>(); PLACES], 0_usize, 0_usize);
        loop {
            while len < PLACES
                && let Some(next) = stack.pop().or_else(|| roots.next().copied())
            {
                prefetch(next);
                ring[(at + len) % PLACES] = next;
                len += 1;
            }
            if len == 0 {
                return (started.elapsed(), black_box(found));
            }
            // SAFETY: edges lead to nodes.
            let node = unsafe { &mut *ring[at % PLACES] };
            (at, len) = (at + 1, len - 1);
            if node.marked != self.round {
                node.marked = self.round;
                found += 1;
                stack.extend(node.edges.into_iter().filter(|edge| !edge.is_null()));
            }
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout.
        unsafe { dealloc(self.nodes.cast(), layout(self.n)) };
    }
}

#[inline(always)]
fn prefetch(node: *mut Node) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch never faults.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(node.cast());
    }
    let _ = node;
}
