//! Marking finds the fixed point, in steps whose number is linear in that of ephemerons.

use std::sync::Arc;

use gc::{Ephemeron, Gc, GcRefCell, Heap, Root, WeakRoot};
use rayon::ThreadPoolBuilder;
use tests::canary::{Canary, Ledger};
use tests::programs::random::Random;

use super::{Link, Node, Pair, heap, ids, node};

/// Which way round a chain is made, and met by the marker.
#[derive(Clone, Copy, Debug)]
enum Order {
    FirstToLast,
    LastToFirst,
    /// Neither.
    Mixed,
}

const ORDERS: [Order; 3] = [Order::FirstToLast, Order::LastToFirst, Order::Mixed];

/// A chain of ephemerons: the value of each is the key of the next.
struct Chain {
    first: Option<Root<Node<'static>>>,
    pairs: Root<GcRefCell<Vec<Gc<'static, Pair<'static>>>>>,
    ledger: Arc<Ledger>,
    n: usize,
}

impl Chain {
    fn new(heap: &Heap, n: usize, order: Order) -> Self {
        let ledger = Ledger::new(n + 1);
        let (first, pairs) = heap.mutate(|mc| {
            let nodes: Vec<Link<'_>> = (0..=n).map(|_| node(mc, &ledger)).collect();
            let at = |i: usize| match order {
                Order::FirstToLast => i,
                Order::LastToFirst => n - 1 - i,
                // Prime, and none of the lengths a multiple of it.
                Order::Mixed => i * 7919 % n,
            };
            let pair = |i: usize| Ephemeron::new(mc, nodes[at(i)], nodes[at(i) + 1]);
            let pairs = Gc::new(mc, GcRefCell::new((0..n).map(pair).collect::<Vec<_>>()));
            (mc.root(nodes[0]), mc.root(pairs))
        });
        Self { first: Some(first), pairs, ledger, n }
    }

    /// How many pairs have key and value.
    fn alive(&self, heap: &Heap) -> usize {
        heap.mutate(|mc| {
            self.pairs.get(mc).borrow(mc).iter().filter(|pair| ids(mc, **pair).is_some()).count()
        })
    }
}

/// A step for each pair of ephemerons would be noticed by the marker, which counts in this build, and by whoever waits.
#[test]
fn a_chain_lives_by_its_first_key_and_dies_in_one_cycle() {
    for n in [1, 2, 3, 10, 1000, tests::rounds(100_000)] {
        for order in ORDERS {
            let heap = heap();
            let mut chain = Chain::new(&heap, n, order);
            heap.collect().unwrap();
            chain.ledger.assert_all_alive();
            assert_eq!(chain.alive(&heap), chain.n, "{n} {order:?}");
            chain.first = None;
            heap.collect().unwrap();
            chain.ledger.assert_all_dropped();
            assert_eq!(chain.alive(&heap), 0, "{n} {order:?}");
            heap.verify();
        }
    }
}

/// Links of the chain are let go in the middle: what comes after them dies.
#[test]
fn a_chain_that_is_cut() {
    for order in ORDERS {
        let heap = heap();
        let mut chain = Chain::new(&heap, 1000, order);
        let middle: WeakRoot<Node<'static>> = heap.mutate(|mc| {
            let pairs = chain.pairs.get(mc);
            let has_key = |pair| ids(mc, pair).is_some_and(|(key, _)| key == 500);
            let pair = pairs.borrow(mc).iter().copied().find(|pair| has_key(*pair)).unwrap();
            // The pair of the key before is gone with its entry.
            pairs.borrow_mut(mc).retain(|pair| ids(mc, *pair).is_none_or(|(_, value)| value != 500));
            mc.weak_root(Gc::downgrade(pair.key(mc).unwrap(), mc))
        });
        heap.collect().unwrap();
        assert_eq!(chain.alive(&heap), 499, "{order:?}");
        assert!((0..1001).all(|id| chain.ledger.is_alive(id) == (id < 500)));
        heap.mutate(|mc| assert!(middle.get(mc).is_none()));
        chain.first = None;
        heap.collect().unwrap();
        chain.ledger.assert_all_dropped();
    }
}

/// Nothing is lost if a cycle of the zeal build, which marks some roots in slices first, has come to the end of those and has met
/// ephemerons whose keys only later roots lead to.
#[test]
fn keys_that_only_later_roots_lead_to() {
    /// More than are marked first.
    const BETWEEN: usize = 20_000;
    for n in 1..=4 {
        let (heap, ledger) = (heap(), Ledger::new(2 * n));
        let (between, keys, pairs) = heap.mutate(|mc| {
            let nodes: Vec<Link<'_>> = (0..n).map(|_| node(mc, &ledger)).collect();
            let mut pairs: Vec<Root<Pair<'static>>> = Vec::new();
            for &key in &nodes {
                pairs.push(mc.root(Ephemeron::new(mc, key, node(mc, &ledger))));
            }
            let leaf = Gc::new(mc, 7_u64);
            let between: Vec<Root<u64>> = (0..BETWEEN).map(|_| mc.root(leaf)).collect();
            let keys: Vec<Root<Node<'static>>> = nodes.iter().map(|&key| mc.root(key)).collect();
            (between, keys, pairs)
        });
        heap.collect().unwrap();
        ledger.assert_all_alive();
        heap.mutate(|mc| {
            for (at, pair) in pairs.iter().enumerate() {
                assert_eq!(ids(mc, pair.get(mc)), Some((at, n + at)), "of {n}");
            }
        });
        drop((between, keys));
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    }
}

/// [field] A key that only another entry's value leads to is kept; a ring of entries is not.
#[test]
fn keys_that_only_values_lead_to() {
    let (heap, ledger) = (heap(), Ledger::new(6));
    let (key, pairs) = heap.mutate(|mc| {
        let nodes: Vec<Link<'_>> = (0..6).map(|_| node(mc, &ledger)).collect();
        nodes[1].next.set(mc, Some(nodes[2]));
        // 0 is kept: 0 => 1 -> 2 => 3. A ring: 4 => 5 => 4.
        let pairs = [(2, 3), (0, 1), (4, 5), (5, 4)];
        let pairs = pairs.map(|(key, value)| mc.root(Ephemeron::new(mc, nodes[key], nodes[value])));
        (mc.root(nodes[0]), pairs)
    });
    heap.collect().unwrap();
    assert!((0..6).all(|id| ledger.is_alive(id) == (id < 4)));
    heap.mutate(|mc| {
        let found = pairs.each_ref().map(|pair| ids(mc, pair.get(mc)));
        assert_eq!(found, [Some((2, 3)), Some((0, 1)), None, None]);
    });
    drop(key);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// Ephemerons that only values lead to.
#[test]
fn ephemerons_in_values_of_ephemerons() {
    type Outer<'gc> = Ephemeron<'gc, u64, Gc<'gc, Ephemeron<'gc, u64, Gc<'gc, Canary>>>>;
    for (outer_key, inner_key) in [(true, true), (true, false), (false, true), (false, false)] {
        let (heap, ledger) = (heap(), Ledger::new(1));
        let (roots, outer): (_, Root<Outer<'static>>) = heap.mutate(|mc| {
            let keys = [Gc::new(mc, 1_u64), Gc::new(mc, 2_u64)];
            let inner = Ephemeron::new(mc, keys[1], Gc::new(mc, ledger.canary()));
            let roots = [outer_key.then(|| mc.root(keys[0])), inner_key.then(|| mc.root(keys[1]))];
            (roots, mc.root(Ephemeron::new(mc, keys[0], inner)))
        });
        heap.collect().unwrap();
        let alive = outer_key && inner_key;
        assert_eq!(ledger.is_alive(0), alive);
        heap.mutate(|mc| {
            let inner = outer.get(mc).value(mc).copied();
            assert_eq!(inner.is_some(), outer_key);
            let value = inner.and_then(|inner| inner.value(mc).map(|canary| canary.id()));
            assert_eq!(value.is_some(), alive);
        });
        drop(roots);
    }
}

/// Objects with edges and ephemerons, all of which are held.
struct Plan {
    edges: Vec<Option<usize>>,
    /// Key and value.
    pairs: Vec<(usize, usize)>,
    roots: Vec<usize>,
}

impl Plan {
    fn random(n: usize, n_pairs: usize, n_roots: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self {
            edges: (0..n).map(|_| (random.one_in(3)).then(|| random.index(n))).collect(),
            pairs: (0..n_pairs).map(|_| (random.index(n), random.index(n))).collect(),
            roots: (0..n_roots).map(|_| random.index(n)).collect(),
        }
    }

    /// By the definition: again and again, until nothing changes.
    fn reachable(&self) -> Vec<bool> {
        let mut reached = vec![false; self.edges.len()];
        let mut left = self.roots.clone();
        loop {
            while let Some(node) = left.pop() {
                if !std::mem::replace(&mut reached[node], true) {
                    left.extend(self.edges[node]);
                }
            }
            let due = self.pairs.iter().filter(|&&(key, value)| reached[key] && !reached[value]);
            left.extend(due.map(|&(_, value)| value));
            if left.is_empty() {
                return reached;
            }
        }
    }
}

/// The fixed point that marking finds is that of the definition, on any number of threads.
#[test]
fn the_fixed_point_is_that_of_the_definition() {
    let pool = Arc::new(ThreadPoolBuilder::new().num_threads(3).build().unwrap());
    let (mut partly, mut parallel) = (0, 0);
    for seed in 1..=tests::rounds(400).max(20) {
        let large = seed % 20 == 0;
        let n = if large { 20_000 } else { 1 + seed % 200 };
        let plan = Plan::random(n, n * (1 + seed % 3) / 2, 1 + seed % 3, seed as u64 * 7919);
        let threads = 1 + (seed + seed / 20) % 4;
        let heap =
            Heap::builder().automatic(false).mark_threads(threads).mark_pool(Arc::clone(&pool)).build();
        let ledger = Ledger::new(n);
        let (roots, pairs) = heap.mutate(|mc| {
            let nodes: Vec<Link<'_>> = (0..n).map(|_| node(mc, &ledger)).collect();
            for (node, edge) in nodes.iter().zip(&plan.edges) {
                node.next.set(mc, edge.map(|edge| nodes[edge]));
            }
            let pair = |&(key, value): &(usize, usize)| -> Gc<'_, Pair<'_>> {
                Ephemeron::new(mc, nodes[key], nodes[value])
            };
            let pairs: Vec<_> = plan.pairs.iter().map(pair).collect();
            let roots: Vec<_> = plan.roots.iter().map(|&root| mc.root(nodes[root])).collect();
            (roots, mc.root(Gc::from_slice(mc, &pairs)))
        });
        let reachable = plan.reachable();
        heap.collect().unwrap();
        // Where much is to be marked, until another thread has come in time to help.
        let helped = || heap.collect().unwrap().mark_threads > 1;
        let much = threads > 1 && reachable.iter().filter(|&&reachable| reachable).count() > 1000;
        parallel += usize::from(much && (0..1000).any(|_| helped()));
        for (id, &reachable) in reachable.iter().enumerate() {
            assert_eq!(ledger.is_alive(id), reachable, "object {id} of {n}, seed {seed}");
        }
        heap.mutate(|mc| {
            for (pair, &(key, value)) in pairs.get(mc).iter().zip(&plan.pairs) {
                assert_eq!(ids(mc, *pair), reachable[key].then_some((key, value)), "seed {seed}");
            }
        });
        partly += usize::from(reachable.contains(&true) && reachable.contains(&false));
        heap.verify();
        drop(roots);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    }
    // Where there are few rounds no thread has much to mark.
    assert!(
        partly > 0 && (parallel > 0 || cfg!(gc_zeal)),
        "{partly} partly reachable, {parallel} in parallel"
    );
}

/// The value of each is a long slice of which one element is the key of the next.
#[test]
fn a_chain_through_slices() {
    const N: usize = 300;
    for order in ORDERS {
        let (heap, ledger) = (heap(), Ledger::new(N + 1));
        let (first, pairs) = heap.mutate(|mc| {
            let nodes: Vec<Link<'_>> = (0..=N).map(|_| node(mc, &ledger)).collect();
            let pair = |at: usize| {
                let mut value = vec![None; 1000];
                (value[7], value[at]) = (Some(nodes[at]), Some(nodes[at + 1]));
                let value = Gc::from_slice(mc, &value);
                Ephemeron::new(mc, nodes[at], value)
            };
            let at = |place: usize| match order {
                Order::FirstToLast => place,
                Order::LastToFirst => N - 1 - place,
                Order::Mixed => place * 7919 % N,
            };
            type Slice<'gc> = Gc<'gc, [Option<Link<'gc>>]>;
            let pairs: Vec<Gc<'_, Ephemeron<'_, Node<'_>, Slice<'_>>>> =
                (0..N).map(|place| pair(at(place))).collect();
            let pairs: Root<[Gc<'static, Ephemeron<'static, Node<'static>, Slice<'static>>>]> =
                mc.root(Gc::from_slice(mc, &pairs));
            (mc.root(nodes[0]), pairs)
        });
        heap.collect().unwrap();
        ledger.assert_all_alive();
        heap.mutate(|mc| assert!(pairs.get(mc).iter().all(|pair| pair.value(mc).is_some()), "{order:?}"));
        drop(first);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
        heap.mutate(|mc| assert!(pairs.get(mc).iter().all(|pair| pair.value(mc).is_none()), "{order:?}"));
    }
}
