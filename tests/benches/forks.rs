//! How much faster several threads build a graph inside one mutation than one thread does.
//!
//! ```text
//! cargo bench -p tests --features peers --bench forks
//! ```
//!
//! Nodes are in layers of 1,000; each refers to three nodes of the layer before, chosen by its number. Every graph is
//! compared with what the numbers say, whoever has built it. *Warm* is memory that an earlier graph had, *fresh* memory
//! that the system has just given. The *limit* is what the machine allows: the same nodes in an array that is there
//! already, with a list of their addresses as a program has one of its pointers, and their edges written as atomic words.
//! Before each measurement other memory is read, so that no cache holds what is measured.
//!
//! All of it takes some milliseconds, and a system may leave new threads on one processor for as long. So the threads
//! are there before, each on a processor of its own as long as there are some (on Linux).
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use gc::{Gc, GcCell, Heap, Mutation, Root, Trace};
use rayon::{ThreadPool, ThreadPoolBuilder};
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

/// So many threads, the first of them on the first processor.
fn threads(n: usize) -> ThreadPool {
    let threads = ThreadPoolBuilder::new().num_threads(n).start_handler(stay);
    threads.build().expect("the system has threads")
}

/// Has the calling thread stay on a processor.
fn stay(number: usize) {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let allowed = sched_getaffinity(None).expect("the system says");
        let processors: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&n| allowed.is_set(n)).collect();
        let mut only = CpuSet::new();
        only.set(processors[number % processors.len()]);
        sched_setaffinity(None, &only).expect("it is one of those allowed");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = number;
}

/// What threads build in two passes, each in its part.
fn build_together<'gc>(mc: &Mutation<'gc>, all: &mut [Gc<'gc, Node<'gc>>], threads: &ThreadPool) {
    let (seed, n) = (&mc.fork(), threads.current_num_threads());
    threads.in_place_scope(|scope| {
        let mut rest = &mut *all;
        for part in parts(n) {
            let places = rest.split_off_mut(..part.len()).expect("the parts are as long as the whole");
            scope.spawn(|_| seed.enter(|mc| make(mc, part, places)));
        }
    });
    threads.in_place_scope(|scope| {
        let all = &*all;
        parts(n).for_each(|part| scope.spawn(move |_| seed.enter(|mc| link(mc, all, part))));
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

/// Memory that is read to take what is measured out of the caches.
struct Elsewhere(Vec<u8>);

impl Elsewhere {
    fn new() -> Self {
        Self(vec![1; BEYOND_CACHES])
    }

    /// Reads a byte of each line.
    fn read(&self) {
        black_box(self.0.chunks(64).map(|line| u64::from(line[0])).sum::<u64>());
    }
}

/// The time of building a graph by threads that are let in, or by one that need not be.
fn measure(heap: &Heap, elsewhere: &Elsewhere, threads: Option<&ThreadPool>) -> Duration {
    let (graph, time): (Root<[Gc<'static, Node<'static>>]>, _) = heap.mutate(|mc| {
        let nothing = Node { number: 0, edges: [None; 3].map(GcCell::new), seen: GcCell::new(false) };
        let mut all = vec![Gc::new(mc, nothing); NODES];
        elsewhere.read();
        let (time, ()) = timed(|| match threads {
            None => build_alone(mc, &mut all),
            Some(threads) => build_together(mc, &mut all, threads),
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

/// The array, and the list of where its nodes are: their places, as no pointer is written without `unsafe`.
struct Probes {
    nodes: Vec<Probe>,
    list: Vec<AtomicUsize>,
}

fn make_probe(all: &Probes, numbers: Range<usize>) {
    for number in numbers {
        let node = &all.nodes[number];
        node.number.store(number, Ordering::Relaxed);
        node.edges.iter().for_each(|edge| edge.store(0, Ordering::Relaxed));
        node.seen.store(false, Ordering::Relaxed);
        all.list[number].store(number, Ordering::Relaxed);
    }
}

fn link_probe(all: &Probes, numbers: Range<usize>) {
    let at = |number: usize| all.list[number].load(Ordering::Relaxed);
    for number in numbers {
        let node = &all.nodes[at(number)];
        for (edge, to) in node.edges.iter().zip(edges(number)) {
            edge.store(at(to), Ordering::Release);
        }
        node.seen.store(true, Ordering::Relaxed);
    }
}

/// The time of filling the array by threads.
fn measure_probe(all: &Probes, elsewhere: &Elsewhere, threads: &ThreadPool) -> Duration {
    let pass = |work: fn(&Probes, Range<usize>)| {
        threads.in_place_scope(|scope| {
            parts(threads.current_num_threads()).for_each(|part| scope.spawn(move |_| work(all, part)));
        });
    };
    elsewhere.read();
    let (time, ()) = timed(|| {
        pass(make_probe);
        pass(link_probe);
    });
    assert!(all.nodes.iter().all(|node| node.seen.load(Ordering::Relaxed)));
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
    let pools = SEEDS.map(threads);
    let who: Vec<_> = [None].into_iter().chain(pools.iter().map(Some)).collect();
    let ways: Vec<_> =
        [String::from("one thread")].into_iter().chain(SEEDS.map(|n| format!("{n} seeds"))).collect();
    let elsewhere = &Elsewhere::new();
    let warm = quiet_heap();
    measure(&warm, elsewhere, who[2]);
    let (mut times, mut fresh) = (vec![Vec::new(); ways.len()], vec![Vec::new(); ways.len()]);
    for _ in 0..ROUNDS {
        for (times, threads) in times.iter_mut().zip(&who) {
            times.push(measure(&warm, elsewhere, *threads));
        }
    }
    drop(warm);
    for _ in 0..ROUNDS {
        for (fresh, threads) in fresh.iter_mut().zip(&who) {
            fresh.push(measure(&quiet_heap(), elsewhere, *threads));
        }
    }
    report("warm", &ways, times);
    report("fresh", &ways, fresh);

    let all = Probes {
        nodes: (0..NODES).map(|_| Probe::default()).collect(),
        list: (0..NODES).map(|_| AtomicUsize::new(0)).collect(),
    };
    let mut times = vec![Vec::new(); SEEDS.len()];
    for _ in 0..ROUNDS {
        for (times, threads) in times.iter_mut().zip(&pools) {
            times.push(measure_probe(&all, elsewhere, threads));
        }
    }
    report("limit", &SEEDS.map(|n| format!("{n} threads")), times);
}
