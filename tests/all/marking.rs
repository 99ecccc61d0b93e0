//! Marking on several threads finds what one finds, which is what a slow model finds.

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use gc::implement::{DropKind, DropWalk, Mask, Tracer};
use gc::{CollectError, Gc, GcCell, GcOnce, Heap, Root, Trace};
use rayon::{ThreadPool, ThreadPoolBuilder};
use tests::canary::{Canary, Ledger};
use tests::programs::random::Random;
use tests::{in_slices, rounds};

/// Workers of each run, the driver included.
const WORKERS: [usize; 4] = [1, 2, 4, 8];

fn pool(threads: usize) -> Arc<ThreadPool> {
    Arc::new(ThreadPoolBuilder::new().num_threads(threads).build().unwrap())
}

fn heap(workers: usize) -> Heap {
    tests::on_request().mark_threads(workers).mark_pool(pool(7)).build()
}

#[derive(Trace)]
struct Node<'gc> {
    canary: Canary,
    masked: [GcCell<Option<Gc<'gc, Node<'gc>>>>; 2],
    others: GcOnce<Others<'gc>>,
}

/// Edges that no mask can describe, and edges of other kinds.
#[derive(Trace)]
enum Others<'gc> {
    None,
    Owned(Vec<Gc<'gc, Node<'gc>>>),
    Slice(Gc<'gc, [Gc<'gc, Node<'gc>>]>),
    /// The canary is a part of another node.
    Interior(Gc<'gc, Canary>),
    Nested(Box<Others<'gc>>),
}

/// A graph as the model has it: to which nodes each one leads, and how.
struct Plan {
    masked: Vec<Vec<usize>>,
    others: Vec<Vec<usize>>,
    roots: Vec<usize>,
}

impl Plan {
    /// Few edges a node, so that a good part cannot be reached; now and then a node with very many.
    fn random(n: usize, n_roots: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut some = |most: usize| (0..random.index(most + 1)).map(|_| random.index(n)).collect::<Vec<_>>();
        let masked = (0..n).map(|_| some(2)).collect();
        let others = (0..n).map(|i| some(if i % 997 == 0 { 5000 } else { 2 })).collect();
        let roots = (0..n_roots).map(|_| random.index(n)).collect();
        Self { masked, others, roots }
    }

    fn reachable(&self) -> Vec<bool> {
        let mut reached = vec![false; self.masked.len()];
        let mut left = self.roots.clone();
        while let Some(node) = left.pop() {
            if !std::mem::replace(&mut reached[node], true) {
                left.extend(self.masked[node].iter().chain(&self.others[node]));
            }
        }
        reached
    }

    /// Builds the graph; canary `i` is that of node `i`.
    fn build(&self, heap: &Heap, ledger: &Arc<Ledger>) -> Vec<Root<Node<'static>>> {
        heap.mutate(|mc| {
            let node = || Node {
                canary: ledger.canary(),
                masked: [(); 2].map(|()| GcCell::new(None)),
                others: GcOnce::new(),
            };
            let nodes: Vec<_> = self.masked.iter().map(|_| Gc::new(mc, node())).collect();
            for (i, node) in nodes.iter().enumerate() {
                for (cell, &to) in node.masked.iter().zip(&self.masked[i]) {
                    cell.set(mc, Some(nodes[to]));
                }
                let targets: Vec<_> = self.others[i].iter().map(|&to| nodes[to]).collect();
                let mut others = match targets.as_slice() {
                    [] => Others::None,
                    [only] if i % 2 == 0 => Others::Interior(Gc::project(*only, |node| &node.canary)),
                    several if i % 3 == 0 => Others::Slice(Gc::from_slice(mc, several)),
                    _ => Others::Owned(targets),
                };
                // Deeper than trace functions call each other.
                for _ in 0..if i % 5 == 0 { 40 } else { 0 } {
                    others = Others::Nested(Box::new(others));
                }
                assert!(node.others.set(mc, others).is_ok());
            }
            self.roots.iter().map(|&root| mc.root(nodes[root])).collect()
        })
    }

    /// Builds the graph and asserts that a collection keeps what can be reached, and nothing else.
    fn check(&self, workers: usize) {
        let (heap, ledger) = (heap(workers), Ledger::new(self.masked.len()));
        let _roots = self.build(&heap, &ledger);
        let first = heap.collect().unwrap();
        let second = heap.collect().unwrap();
        assert_eq!(
            (first.live_objects, first.live_bytes),
            (second.live_objects, second.live_bytes),
            "twice the same, with {workers} workers"
        );
        assert!((1..=workers).contains(&first.mark_threads));
        let wrong =
            self.reachable().into_iter().enumerate().find(|&(id, reached)| ledger.is_alive(id) != reached);
        assert_eq!(wrong, None, "with {workers} workers a node was lost or kept");
        heap.verify();
    }
}

#[test]
fn random_graphs_are_marked_as_the_model_says() {
    for seed in 1..=4 {
        let plan = Plan::random(rounds(20_000), 3, seed * 0x9E37_79B9);
        WORKERS.into_iter().for_each(|workers| plan.check(workers));
    }
}

#[test]
fn many_roots_are_shared_out() {
    let plan = Plan::random(rounds(40_000), rounds(20_000), 77);
    WORKERS.into_iter().for_each(|workers| plan.check(workers));
}

/// A list of `n` links and a last one: nothing in it can be done by two.
fn list<'gc>(mc: &gc::Mutation<'gc>, n: usize) -> Gc<'gc, Link<'gc>> {
    (0..n).fold(Gc::new(mc, Link { next: None }), |next, _| Gc::new(mc, Link { next: Some(next) }))
}

#[derive(Trace)]
struct Link<'gc> {
    next: Option<Gc<'gc, Link<'gc>>>,
}

#[test]
fn helpers_take_part() {
    if in_slices() {
        return; // slices are marked by one thread
    }
    for workers in [2, 4] {
        let heap = heap(workers);
        let lists: Vec<Root<Link<'static>>> =
            (0..16).map(|_| heap.mutate(|mc| mc.root(list(mc, rounds(50_000))))).collect();
        // How soon a helper comes is up to the system.
        let took_part = (0..10_000).any(|_| heap.collect().unwrap().mark_threads > 1);
        assert!(took_part, "no helper of {} ever came", workers - 1);
        drop(lists);
    }
}

#[test]
fn parts_of_a_huge_slice_keep_it_and_what_it_leads_to() {
    const BYTES: usize = if cfg!(any(gc_zeal, gc_asan)) { 9 << 20 } else { 65 << 20 };
    const N: usize = BYTES / size_of::<usize>();
    for workers in WORKERS {
        let (heap, ledger) = (heap(workers), Ledger::new(4));
        let part: Root<[Option<Gc<'static, Canary>>]> = heap.mutate(|mc| {
            let canaries: Vec<_> = (0..4).map(|_| Gc::new(mc, ledger.canary())).collect();
            let places = [0, N / 3, N / 2, N - 1];
            let item = |i| places.iter().position(|&place| place == i).map(|canary| canaries[canary]);
            let huge: Gc<'_, [Option<Gc<'_, Canary>>]> = Gc::from_iter(mc, (0..N).map(item));
            mc.root(Gc::project(huge, |items| &items[N - 3..]))
        });
        assert_eq!(heap.collect().unwrap().live_objects, 5);
        ledger.assert_all_alive();
        heap.mutate(|mc| assert_eq!(part.get(mc)[2].unwrap().id(), 3));
        drop(part);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    }
}

/// An element with words of several kinds: an edge is not its first.
#[derive(Trace)]
struct Mixed<'gc> {
    number: usize,
    first: Gc<'gc, Canary>,
    second: GcCell<Option<Gc<'gc, Canary>>>,
}

/// Builds a long slice with an edge to each canary, of elements of some type.
type Slice = for<'gc> fn(&gc::Mutation<'gc>, Vec<Gc<'gc, Canary>>) -> Box<dyn Any>;

/// Roots a slice; the type is forgotten.
fn rooted<'gc, T>(mc: &gc::Mutation<'gc>, elements: impl IntoIterator<Item = T>) -> Box<dyn Any>
where
    T: Trace<'gc> + gc::Rebrand<At<'gc> = T>,
{
    let root: Root<[T::Static]> = mc.root(Gc::from_iter(mc, elements));
    Box::new(root)
}

/// Long slices are marked piece by piece; elements that have nothing but masked words by their mask.
#[test]
fn each_element_of_a_long_slice_keeps_what_it_leads_to() {
    const N: usize = 70 * 40;
    let shapes: [(&str, Slice); 6] = [
        ("words", |mc, all| rooted(mc, all)),
        ("cells", |mc, all| rooted(mc, all.into_iter().map(|canary| GcCell::new(Some(canary))))),
        ("mixed", |mc, all| {
            let pairs = all.chunks(2).map(|pair| (pair[0], GcCell::new(Some(pair[1]))));
            rooted(mc, pairs.map(|(first, second)| Mixed { number: 1, first, second }).collect::<Vec<_>>())
        }),
        ("more words than a mask part has", |mc, all| {
            rooted(mc, all.chunks(70).map(|part| <[_; 70]>::try_from(part).unwrap()).collect::<Vec<_>>())
        }),
        ("masked words and others", |mc, all| {
            rooted(mc, all.chunks(2).map(|pair| (pair[0], vec![pair[1]])).collect::<Vec<_>>())
        }),
        ("boxes", |mc, all| rooted(mc, all.into_iter().map(Box::new).collect::<Vec<_>>())),
    ];
    for (name, shape) in shapes {
        for workers in [1, 2] {
            let (heap, ledger) = (heap(workers), Ledger::new(N));
            let root = heap.mutate(|mc| {
                let canaries = (0..N).map(|_| Gc::new(mc, ledger.canary())).collect();
                shape(mc, canaries)
            });
            assert_eq!(heap.collect().unwrap().live_objects, 1 + N as u64, "{name}, {workers} workers");
            ledger.assert_all_alive();
            drop(root);
            assert_eq!(heap.collect().unwrap().live_objects, 0, "{name}, {workers} workers");
            ledger.assert_all_dropped();
        }
    }
}

/// Counts how often it is traced, and panics while it is told to.
struct Watched<'gc> {
    watch: Arc<Watch>,
    edges: Vec<Gc<'gc, Watched<'gc>>>,
}

#[derive(Default)]
struct Watch {
    fails: AtomicBool,
    traced: AtomicUsize,
}

// SAFETY: duties 1 to 5 are kept: the edges are reported by `trace`. Duty 6 is broken: that is what is tested.
unsafe impl<'gc> Trace<'gc> for Watched<'gc> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;
    fn trace(&self, tracer: &mut Tracer) {
        let n = self.watch.traced.fetch_add(1, Ordering::Relaxed);
        assert!(!self.watch.fails.load(Ordering::Relaxed) || n < 5000, "on purpose, in trace");
        self.edges.trace(tracer);
    }
    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }
    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::User
    }
}

// SAFETY: only the brand changes.
unsafe impl gc::Rebrand for Watched<'_> {
    type Static = Watched<'static>;
    type At<'a> = Watched<'a>;
}

#[test]
fn a_panic_in_trace_ends_marking_on_all_threads() {
    const N: usize = 20_000;
    for workers in WORKERS {
        let (heap, watch) = (heap(workers), Arc::new(Watch::default()));
        let root: Root<Watched<'static>> = heap.mutate(|mc| {
            let leaf = |edges| Watched { watch: Arc::clone(&watch), edges };
            let mut last: Vec<_> = (0..N).map(|_| Gc::new(mc, leaf(Vec::new()))).collect();
            while last.len() > 1 {
                last = last.chunks(2).map(|pair| Gc::new(mc, leaf(pair.to_vec()))).collect();
            }
            mc.root(last[0])
        });
        for _ in 0..10 {
            watch.fails.store(true, Ordering::Relaxed);
            watch.traced.store(0, Ordering::Relaxed);
            // From the object 5000 on all threads panic.
            assert_eq!(heap.collect(), Err(CollectError::TracePanicked), "with {workers} workers");
            heap.verify();
            watch.fails.store(false, Ordering::Relaxed);
            let live = heap.collect().unwrap().live_objects;
            assert!(live >= 2 * N as u64 - 1, "nothing was lost: {live}");
        }
        drop(root);
        assert_eq!(heap.collect().unwrap().live_objects, 0);
    }
}

#[test]
fn a_pool_that_is_busy_delays_no_cycle() {
    let pool = pool(2);
    let heap = tests::on_request().mark_threads(3).mark_pool(Arc::clone(&pool)).build();
    let root: Root<Link<'static>> = heap.mutate(|mc| mc.root(list(mc, 1000)));
    let (blockers, blocked) = (mpsc::channel::<()>(), mpsc::channel());
    let wait = Arc::new(std::sync::Mutex::new(blockers.1));
    for _ in 0..2 {
        let (wait, blocked) = (Arc::clone(&wait), blocked.0.clone());
        pool.spawn(move || {
            blocked.send(()).unwrap();
            // Until the sender is gone.
            let _ = wait.lock().unwrap().recv();
        });
    }
    // One has the lock and waits for a message, the other waits for the lock.
    (0..2).for_each(|_| blocked.1.recv().unwrap());
    for _ in 0..100 {
        let cycle = heap.collect().unwrap();
        assert_eq!((cycle.live_objects, cycle.mark_threads), (1001, 1));
    }
    drop(blockers.0);
    // What still waits in the pool finds no session, or the one of the time when it runs.
    for _ in 0..100 {
        assert_eq!(heap.collect().unwrap().live_objects, 1001);
    }
    assert_eq!(
        pool.install(|| heap.collect()).unwrap().live_objects,
        1001,
        "collected by a thread of the pool"
    );
    drop(root);
    assert_eq!(heap.collect().unwrap().live_objects, 0);
}
