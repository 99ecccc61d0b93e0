//! How much faster several threads build a graph inside one mutation than one thread does.
//!
//! ```text
//! cargo bench -p tests --bench forks
//! ```
//!
//! Nodes are in layers of 1,000; each refers to three nodes of the layer before, chosen by its number. Every graph is
//! compared with what the numbers say, whoever has built it.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use std::thread;
use std::time::{Duration, Instant};

use gc::{Gc, GcCell, Heap, Mutation, Root, Seed, Trace};
use tests::table::{Sections, each, head};

const NODES: usize = 1_000_000;
const LAYER: usize = 1_000;
const ROUNDS: usize = 11;

/// Of 40 bytes.
#[derive(Trace)]
struct Node<'gc> {
    number: usize,
    edges: [GcCell<Option<Gc<'gc, Node<'gc>>>>; 3],
    /// Set by a second pass over all nodes.
    seen: GcCell<bool>,
}

type Nodes<'gc> = Vec<Gc<'gc, Node<'gc>>>;

/// The numbers of the nodes that one refers to.
fn edges(number: usize) -> [usize; 3] {
    [1_usize, 2, 3]
        .map(|k| (number / LAYER * LAYER).saturating_sub(LAYER) + number.wrapping_mul(2654435761 * k) % LAYER)
}

/// A part of the nodes, without edges.
fn make<'gc>(mc: &Mutation<'gc>, numbers: std::ops::Range<usize>) -> Nodes<'gc> {
    let node = |number| Node { number, edges: [None; 3].map(GcCell::new), seen: GcCell::new(false) };
    numbers.map(|number| Gc::new(mc, node(number))).collect()
}

/// Gives a part of the nodes their edges.
fn link<'gc>(mc: &Mutation<'gc>, all: &Nodes<'gc>, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let node = all[number];
        for (cell, to) in node.edges.iter().zip(edges(number)) {
            cell.set(mc, Some(all[to]));
        }
        node.seen.set(mc, true);
    }
}

/// The numbers of each part.
fn parts(n: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..n).map(move |part| part * NODES / n..(part + 1) * NODES / n)
}

fn build_alone<'gc>(mc: &Mutation<'gc>) -> Nodes<'gc> {
    let all = make(mc, 0..NODES);
    link(mc, &all, 0..NODES);
    all
}

/// What `n` threads build, in two passes, each in one of `n` parts.
fn build_together<'gc>(seed: &Seed<'gc>, n: usize) -> Nodes<'gc> {
    let mut all = Vec::with_capacity(NODES);
    thread::scope(|scope| {
        let made: Vec<_> = parts(n).map(|part| scope.spawn(|| seed.enter(|mc| make(mc, part)))).collect();
        made.into_iter().for_each(|made| all.extend(made.join().expect("a part is made")));
    });
    thread::scope(|scope| {
        let all = &all;
        parts(n).for_each(|part| _ = scope.spawn(|| seed.enter(|mc| link(mc, all, part))));
    });
    all
}

fn check(all: &[Gc<'_, Node<'_>>]) {
    for (number, node) in (0..NODES).zip(all) {
        assert_eq!(node.number, number);
        assert!(node.seen.get());
        let found = node.edges.each_ref().map(|edge| edge.get().expect("an edge").number);
        assert_eq!(found, edges(number));
    }
}

/// The time of building in a new heap.
fn measure(build: impl for<'gc> Fn(&'gc Mutation<'gc>) -> Nodes<'gc>) -> Duration {
    let heap = Heap::builder().automatic(false).build();
    let (graph, time): (Root<[Gc<'static, Node<'static>>]>, _) = heap.mutate(|mc| {
        let started = Instant::now();
        let all = build(mc);
        let time = started.elapsed();
        (mc.root(Gc::from_slice(mc, &all)), time)
    });
    heap.collect().expect("outside of mutations");
    heap.mutate(|mc| check(&graph.get(mc)));
    time
}

fn main() {
    if Sections::wanted().is_none() {
        return;
    }
    head("ns per node of a graph of 1,000,000");
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        times[0].push(measure(build_alone));
        for (times, threads) in times[1..].iter_mut().zip([1, 2, 4]) {
            times.push(measure(|mc| build_together(&mc.fork(), threads)));
        }
    }
    let mut medians = Vec::new();
    for (name, mut times) in ["one thread", "1 seed", "2 seeds", "4 seeds"].into_iter().zip(times) {
        times.sort_unstable();
        medians.push(times[ROUNDS / 2]);
        each(name, NODES, times);
    }
    println!(
        "4 seeds are {:.2} times as fast as one thread",
        medians[0].as_secs_f64() / medians[3].as_secs_f64()
    );
}
