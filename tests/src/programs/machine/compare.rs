//! Comparing a heap with its model.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use gc::{CollectError, CycleStats, Heap, Mutation};

use super::{Machine, Sharing, World, build};
use crate::patience::Since;
use crate::programs::canary::dropped_dead;
use crate::programs::oracle::{Edge, Model};

/// How long destructors that run on another thread may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl Machine {
    /// Runs a cycle. Afterwards heap and model must agree.
    pub(super) fn collect(&mut self, world: usize) {
        let world = &mut self.worlds[world];
        let collected = world.heap.collect();
        if self.depth > 0 {
            assert!(matches!(collected, Err(CollectError::InsideMutation { .. })), "{collected:?}");
            return;
        }
        let cycle = collected.expect("no trace function panics");
        assert_eq!(dropped_dead(), 0, "canaries that were dropped twice");
        world.model.check_alive(&world.ledger);
        world.model.bury(&world.ledger);
        assert_eq!(world.ledger.dropped_twice(), None, "dropped twice");
        if self.sharing == Sharing::Alone {
            world.compare_stats(&cycle);
            world.heap.verify();
        }
        world.compare_graph();
    }

    /// Drops the heap, with its roots outstanding, and makes a new one.
    pub(super) fn drop_heap(&mut self, world: usize) {
        let world = &mut self.worlds[world];
        world.model.check_alive(&world.ledger);
        world.heap = build(self.setup);
        // Destructors may still run on the service thread, which then ends the heap.
        let since = Since::now();
        while world.ledger.alive() > 0 || world.tokens() > 0 {
            assert!(since.elapsed() < PATIENCE, "{} canaries outlive their heap", world.ledger.alive());
            std::thread::sleep(Duration::from_micros(50));
        }
        assert_eq!(world.ledger.dropped_twice(), None, "dropped twice");
        world.stale.append(&mut world.roots);
        world.model = Model::default();
        world.ledger = std::sync::Arc::default();
        world.made.set(0);
    }
}

impl World {
    /// Objects with library drop glue that are not dropped.
    fn tokens(&self) -> usize {
        std::sync::Arc::strong_count(&self.ledger.token) - 1
    }

    /// What the heap says of itself after a cycle.
    fn compare_stats(&self, cycle: &CycleStats) {
        let stats = self.heap.stats();
        let live = self.model.nodes.len() as u64;
        let (newborn, newborn_alive) = self.ledger.newborn();
        // What destructors make while a cycle marks in slices is black, dead or not.
        let black = if cfg!(gc_slices) { newborn } else { 0 };
        let expected = live..=live + black;
        assert!(expected.contains(&cycle.live_objects), "live: heap {}, model {live}", cycle.live_objects);
        assert_eq!(stats.objects(), live + newborn_alive, "objects: heap, model");
        assert_eq!(stats.objects_allocated, self.made.get() + newborn, "objects allocated: heap, model");
        assert_eq!(stats.objects_doomed, 0, "all destructors have run");
        assert_eq!(stats.roots, self.model.root_slots(), "root slots: heap, model");
        assert_eq!(stats.destructor_panics, self.ledger.panics(), "panics of destructors: heap, model");
        assert_eq!(self.tokens(), self.model.tokens(), "objects with library drop glue: heap, model");
        if stats.objects() == 0 {
            assert_eq!((stats.bytes(), stats.bytes_in_use), (0, 0), "an empty heap has no pages in use");
        }
        assert!(stats.bytes() <= stats.bytes_in_use as u64, "{stats:?}");
    }

    /// Walks the real heap from the roots beside the model.
    fn compare_graph(&self) {
        let heap: &Heap = &self.heap;
        heap.mutate(|mc| self.walk(mc));
    }

    fn walk(&self, mc: &Mutation<'_>) {
        let mut visited = BTreeSet::<Edge>::new();
        let mut addresses = BTreeMap::<usize, u64>::new();
        let edges = self.model.roots.iter().map(|root| root.edge);
        let mut next: Vec<_> = self.roots.iter().map(|root| root.get(mc)).zip(edges).collect();
        while let Some((handle, edge)) = next.pop() {
            let node = &self.model.nodes[&edge.to];
            if !edge.inside {
                assert_eq!(handle.address(), node.address, "address of {:?} {}", node.shape, edge.to);
                let first = *addresses.entry(node.address).or_insert(edge.to);
                assert_eq!(first, edge.to, "two objects at {:#x}", node.address);
            }
            if !visited.insert(edge) {
                continue;
            }
            handle.check(edge.to, node);
            let (slots, real) = (node.slots(edge.inside), handle.edges(mc));
            assert_eq!(slots.len(), real.len(), "edges of {:?} {}", node.shape, edge.to);
            for (slot, real) in slots.into_iter().zip(real) {
                match (node.edges[slot], real) {
                    (None, None) => {}
                    (Some(to), Some(handle)) => next.push((handle, to)),
                    (model, _) => panic!("edge {slot} of {:?} {}: model {model:?}", node.shape, edge.to),
                }
            }
        }
    }
}
