//! Whatever the shape of a graph, all of it is kept while a root leads to it, and all of it is freed by one
//! collection when none does.

use std::sync::Arc;

use gc::{Gc, Heap, Mutation, Root};
use tests::canary::Ledger;
use tests::shapes::{self, Node, Shape};

/// Makes a graph and returns the node to root.
type Make = for<'gc> fn(&Mutation<'gc>, &Arc<Ledger>, usize) -> Gc<'gc, Node<'gc>>;

/// A heap that collects only when it is told to, so that one collection is one.
fn heap() -> Heap {
    tests::on_request().build()
}

fn is_kept_and_then_freed(n: usize, make: Make) {
    let (heap, ledger) = (heap(), Ledger::new(n));
    let (root, before): (Root<Node<'static>>, _) = heap.mutate(|mc| {
        let node = make(mc, &ledger, n);
        (mc.root(node), Shape::of(mc, node))
    });
    assert_eq!(before.nodes, n, "the shape is connected");

    for _ in 0..2 {
        let stats = heap.collect().unwrap();
        assert_eq!(stats.live_objects, n as u64);
        heap.verify();
        ledger.assert_all_alive();
        assert_eq!(heap.mutate(|mc| Shape::of(mc, root.get(mc))), before);
    }

    drop(root);
    let stats = heap.collect().unwrap();
    heap.verify();
    ledger.assert_all_dropped();
    assert_eq!(ledger.made(), n);
    assert_eq!(stats.live_objects, 0);
    if !cfg!(gc_zeal) {
        assert_eq!((stats.dead_objects, stats.destructors_run), (n as u64, n as u64));
    }
    let stats = heap.stats();
    assert_eq!((stats.objects(), stats.bytes(), stats.objects_doomed), (0, 0, 0));
    assert_eq!((stats.roots, stats.bytes_in_use), (0, 0));
}

#[test]
fn a_node_that_points_to_itself() {
    is_kept_and_then_freed(1, shapes::ring);
    is_kept_and_then_freed(1, shapes::clique);
}

#[test]
fn a_ring() {
    is_kept_and_then_freed(2, shapes::ring);
    is_kept_and_then_freed(100_000, shapes::ring);
}

#[test]
fn a_clique() {
    is_kept_and_then_freed(500, shapes::clique);
}

#[test]
fn a_doubly_linked_list() {
    is_kept_and_then_freed(100_000, shapes::doubly_linked);
}

#[test]
fn a_tree_with_parents() {
    is_kept_and_then_freed(100_000, shapes::tree);
}

#[test]
fn a_comb() {
    is_kept_and_then_freed(100_000, |mc, ledger, n| shapes::comb(mc, ledger, n, 100));
}

#[test]
fn a_random_graph_of_a_million_nodes() {
    is_kept_and_then_freed(1_000_000, |mc, ledger, n| shapes::random(mc, ledger, n, 7));
}

/// Of two rings that one edge joins, only the one that the edge leads away from is freed.
#[test]
fn an_edge_keeps_in_one_direction_only() {
    let (heap, ledger) = (heap(), Ledger::new(20));
    let (from, to): (Root<Node<'static>>, Root<Node<'static>>) = heap.mutate(|mc| {
        let (from, to) = (shapes::ring(mc, &ledger, 10), shapes::ring(mc, &ledger, 10));
        from.others.borrow_mut(mc).push(to);
        (mc.root(from), mc.root(to))
    });
    drop(from);
    assert_eq!(heap.collect().unwrap().live_objects, 10);
    assert!((0..20).all(|id| ledger.is_alive(id) == (id >= 10)), "the first ring is dead, the second not");
    drop(to);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// Cutting an edge frees what only it led to, and nothing else.
#[test]
fn a_list_is_freed_from_where_it_is_cut() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    let root: Root<Node<'static>> = heap.mutate(|mc| {
        let all: Vec<_> = (0..1000).map(|_| Node::new(mc, &ledger)).collect();
        for pair in all.windows(2) {
            pair[0].right.set(mc, Some(pair[1]));
        }
        mc.root(all[0])
    });
    for keep in [700, 699, 64, 63, 1] {
        heap.mutate(|mc| {
            let mut node = root.get(mc);
            for _ in 1..keep {
                node = node.right.get().unwrap();
            }
            node.right.set(mc, None);
        });
        assert_eq!(heap.collect().unwrap().live_objects, keep as u64);
        assert!((0..1000).all(|id| ledger.is_alive(id) == (id < keep)), "{keep} nodes are kept");
    }
}

/// Objects die in every pattern, slots are used again, and the survivors keep what they hold.
#[test]
fn survivors_keep_their_contents_while_others_come_and_go() {
    let n = tests::rounds(300_000);
    let (heap, ledger) = (heap(), Ledger::new(n * 2));
    let mut dice = shapes::Dice::new(3);
    let mut kept: Vec<(usize, Root<Node<'static>>)> = Vec::new();
    for _ in 0..10 {
        heap.mutate(|mc| {
            for _ in 0..n / 10 {
                let node = Node::new(mc, &ledger);
                if dice.below(4) == 0 {
                    kept.push((node.canary.id(), mc.root(node)));
                }
            }
        });
        kept.retain(|_| dice.below(3) > 0);
        heap.collect().unwrap();
        heap.verify();
        assert_eq!(ledger.alive(), kept.len());
        heap.mutate(|mc| {
            for (id, root) in &kept {
                assert_eq!(root.get(mc).canary.id(), *id);
            }
        });
    }
    drop(kept);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}
