//! How much faster several threads build a graph inside one mutation than one thread does.
//!
//! ```text
//! cargo bench -p tests --bench forks
//! ```
//!
//! Nodes are in layers of 1,000; each refers to three nodes of the layer before, chosen by its number. Every graph is
//! compared with what the numbers say, whoever has built it. *Warm* is memory that an earlier graph had, *fresh* memory
//! that the system has just given. The *limit* is what the machine allows: the same nodes in an array that is there
//! already, their edges written as atomic words. Before each measurement other memory is written, so that no cache
//! holds what is measured; else a machine's large cache would tell the speed of itself for the limit.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use gc::{Gc, GcCell, Heap, Mutation, Root, Trace};
use tests::table::{Sections, each, head, timed};

const NODES: usize = 1_000_000;
const LAYER: usize = 1_000;
const ROUNDS: usize = 11;
const SEEDS: [usize; 3] = [1, 2, 4];
/// Several times the largest cache of a processor.
const BEYOND_CACHES: usize = 256 << 20;

/// Of 40 bytes.
#[derive(Trace)]
struct Node<'gc> {
    number: usize,
    edges: [GcCell<Option<Gc<'gc, Node<'gc>>>>; 3],
    /// Set by a second pass over all nodes.
    seen: GcCell<bool>,
}

/// The numbers of the nodes that one refers to.
fn edges(number: usize) -> [usize; 3] {
    [1_usize, 2, 3]
        .map(|k| (number / LAYER * LAYER).saturating_sub(LAYER) + number.wrapping_mul(2654435761 * k) % LAYER)
}

/// Makes a part of the nodes, without edges.
fn make<'gc>(mc: &Mutation<'gc>, numbers: Range<usize>, places: &mut [Gc<'gc, Node<'gc>>]) {
    for (number, place) in numbers.zip(places) {
        let edges = [None; 3].map(GcCell::new);
        *place = Gc::new(mc, Node { number, edges, seen: GcCell::new(false) });
    }
}

/// Gives a part of the nodes their edges.
fn link<'gc>(mc: &Mutation<'gc>, all: &[Gc<'gc, Node<'gc>>], numbers: Range<usize>) {
    for number in numbers {
        let node = all[number];
        for (cell, to) in node.edges.iter().zip(edges(number)) {
            cell.set(mc, Some(all[to]));
        }
        node.seen.set(mc, true);
    }
}

/// The numbers of each of `n` parts.
fn parts(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).map(move |part| part * NODES / n..(part + 1) * NODES / n)
}

fn build_alone<'gc>(mc: &Mutation<'gc>, all: &mut [Gc<'gc, Node<'gc>>]) {
    make(mc, 0..NODES, all);
    link(mc, all, 0..NODES);
}

/// What `n` threads build, in two passes, each in one of `n` parts.
fn build_together<'gc>(mc: &Mutation<'gc>, all: &mut [Gc<'gc, Node<'gc>>], n: usize) {
    let seed = &mc.fork();
    thread::scope(|scope| {
        let mut rest = &mut *all;
        for part in parts(n) {
            let places = rest.split_off_mut(..part.len()).expect("the parts are as long as the whole");
            scope.spawn(|| seed.enter(|mc| make(mc, part, places)));
        }
    });
    thread::scope(|scope| {
        let all = &*all;
        parts(n).for_each(|part| _ = scope.spawn(move || seed.enter(|mc| link(mc, all, part))));
    });
}

fn check(all: &[Gc<'_, Node<'_>>]) {
    for (number, node) in (0..NODES).zip(all) {
        assert_eq!(node.number, number);
        assert!(node.seen.get());
        let found = node.edges.each_ref().map(|edge| edge.get().expect("an edge").number);
        assert_eq!(found, edges(number));
    }
}

/// Memory that is written to take what is measured out of the caches.
struct Elsewhere(Vec<u8>);

impl Elsewhere {
    fn new() -> Self {
        Self(vec![1; BEYOND_CACHES])
    }

    /// Writes a byte of each line.
    fn write(&mut self) {
        self.0.chunks_mut(64).for_each(|line| line[0] = line[0].wrapping_add(1));
        black_box(&self.0);
    }
}

/// The time of building a graph by `n` threads that are let in, or by one that need not be.
fn measure(heap: &Heap, elsewhere: &mut Elsewhere, n: Option<usize>) -> Duration {
    let (graph, time): (Root<[Gc<'static, Node<'static>>]>, _) = heap.mutate(|mc| {
        let nothing = Node { number: 0, edges: [None; 3].map(GcCell::new), seen: GcCell::new(false) };
        let mut all = vec![Gc::new(mc, nothing); NODES];
        elsewhere.write();
        let (time, ()) = timed(|| match n {
            None => build_alone(mc, &mut all),
            Some(n) => build_together(mc, &mut all, n),
        });
        (mc.root(Gc::from_slice(mc, &all)), time)
    });
    heap.collect().expect("outside of mutations");
    heap.mutate(|mc| check(&graph.get(mc)));
    drop(graph);
    heap.collect().expect("outside of mutations");
    time
}

fn quiet_heap() -> Heap {
    Heap::builder().automatic(false).build()
}

/// As [`Node`], with numbers for edges.
#[derive(Default)]
struct Probe {
    number: AtomicUsize,
    edges: [AtomicUsize; 3],
    seen: AtomicBool,
}

fn make_probe(all: &[Probe], numbers: Range<usize>) {
    for number in numbers {
        let node = &all[number];
        node.number.store(number, Ordering::Relaxed);
        node.edges.iter().for_each(|edge| edge.store(0, Ordering::Relaxed));
        node.seen.store(false, Ordering::Relaxed);
    }
}

fn link_probe(all: &[Probe], numbers: Range<usize>) {
    for number in numbers {
        let node = &all[number];
        for (edge, to) in node.edges.iter().zip(edges(number)) {
            edge.store(to, Ordering::Release);
        }
        node.seen.store(true, Ordering::Relaxed);
    }
}

/// The time of filling the array by `n` threads.
fn measure_probe(all: &[Probe], elsewhere: &mut Elsewhere, n: usize) -> Duration {
    let pass = |work: fn(&[Probe], Range<usize>)| {
        thread::scope(|scope| parts(n).for_each(|part| _ = scope.spawn(move || work(all, part))));
    };
    elsewhere.write();
    let (time, ()) = timed(|| {
        pass(make_probe);
        pass(link_probe);
    });
    assert!(all.iter().all(|node| node.seen.load(Ordering::Relaxed)));
    time
}

/// Prints the times of one way to get memory. The first of them is that of one thread.
fn report(memory: &str, ways: &[String], times: Vec<Vec<Duration>>) {
    let mut medians = Vec::new();
    for (way, mut times) in ways.iter().zip(times) {
        times.sort_unstable();
        medians.push(times[times.len() / 2].as_secs_f64());
        each(&format!("{memory}, {way}"), NODES, times);
    }
    let (one, all) = (medians[0], medians[medians.len() - 1]);
    println!("{memory}: {} are {:.2} times as fast as {}", ways[ways.len() - 1], one / all, ways[0]);
}

fn main() {
    if Sections::wanted().is_none() {
        return;
    }
    head("ns per node of a graph of 1,000,000");
    let threads: Vec<_> = [None].into_iter().chain(SEEDS.map(Some)).collect();
    let ways: Vec<_> =
        threads.iter().map(|n| n.map_or("one thread".into(), |n| format!("{n} seeds"))).collect();
    let elsewhere = &mut Elsewhere::new();
    let warm = quiet_heap();
    measure(&warm, elsewhere, Some(2));
    let (mut times, mut fresh) = (vec![Vec::new(); ways.len()], vec![Vec::new(); ways.len()]);
    for _ in 0..ROUNDS {
        for (i, &n) in threads.iter().enumerate() {
            times[i].push(measure(&warm, elsewhere, n));
            fresh[i].push(measure(&quiet_heap(), elsewhere, n));
        }
    }
    report("warm", &ways, times);
    report("fresh", &ways, fresh);

    let all: Vec<_> = (0..NODES).map(|_| Probe::default()).collect();
    let mut times = vec![Vec::new(); SEEDS.len()];
    for _ in 0..ROUNDS {
        for (times, n) in times.iter_mut().zip(SEEDS) {
            times.push(measure_probe(&all, elsewhere, n));
        }
    }
    report("limit", &SEEDS.map(|n| format!("{n} threads")), times);
}
