//! Comparing a heap with its model.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use gc::{CycleStats, Gc, Mutation};

use super::cycles::PATIENCE;
use super::{Local, Machine, Sharing, World, build};
use crate::patience::Since;
use crate::programs::handle::Handle;
use crate::programs::objects::Link;
use crate::programs::oracle::Edge;
use crate::programs::program::Setup;
use crate::programs::records::Counts;

/// More than a slice has before its elements.
const SLICE_HEAD: usize = 65;

impl Machine {
    /// Drops the heap, with its roots outstanding, and makes a new one.
    pub(super) fn drop_heap(&mut self, world: usize) {
        if !self.setup.by_hand {
            self.note_events(world);
        }
        let world = &mut self.worlds[world];
        world.model.check_alive(&world.model.reachable(), &world.ledger);
        world.heap = build(self.setup);
        if !world.pins.is_empty() {
            // Pins keep the heap, and what is in it.
            world.model.check_alive(&world.model.reachable(), &world.ledger);
            world.compare_pins();
            world.pins.clear();
        }
        // Destructors may still run on the service thread, which then ends the heap. Finalizers and cleanups are
        // dropped, with their canaries.
        let since = Since::now();
        while world.ledger.alive() > 0 || world.tokens() > 0 {
            assert!(since.elapsed() < PATIENCE, "{} canaries outlive their heap", world.ledger.alive());
            std::thread::sleep(Duration::from_micros(50));
        }
        assert_eq!(world.ledger.dropped_twice(), None, "dropped twice");
        if self.setup.by_hand {
            assert!(world.log.take().is_empty(), "the end of a heap runs nothing");
        }
        assert!(!world.cleanups.values().any(gc::Cleanup::stop), "the heap has ended");
        let heap = world.heap.clone();
        let ended = std::mem::replace(world, World::new(heap));
        world.stale = ended.stale;
        world.stale.extend(ended.roots);
        world.stale_weak = ended.stale_weak;
        world.stale_weak.extend(ended.weak);
    }

    /// Compares all that can be looked at with the model.
    pub(super) fn compare(&mut self, world: usize) {
        let heap = self.worlds[world].heap.clone();
        if self.sharing == Sharing::Alone {
            heap.verify();
        }
        self.worlds[world].compare_pins();
        if self.knows_cycles() {
            self.worlds[world].look(self.setup);
        }
        let owned = heap.mutate(|mc| {
            let still = self.sharing == Sharing::Alone;
            let (owned, holders) = self.worlds[world].walk(mc);
            for holder in holders {
                if let (Handle::Link(Link::Shelf(shelf)), at) = holder {
                    self.purge_shelf(mc, world, (Gc::as_ref(shelf), at.to), still);
                } else {
                    self.consult(mc, world, holder, still);
                }
            }
            self.compare_weak(mc, world);
            owned
        });
        // Another machine's objects own something, too.
        if let Some(owned) = owned
            && self.sharing == Sharing::Alone
        {
            assert_eq!(heap.stats().owned_bytes, owned as u64, "owned bytes: heap, model");
        }
    }

    /// Upgrades every weak root, and compares each with each.
    fn compare_weak(&mut self, mc: &Mutation<'_>, world: usize) {
        let still = self.sharing == Sharing::Alone;
        for index in 0..self.worlds[world].weak.len() {
            self.upgrade(mc, world, index, still);
        }
        let World { weak, model, .. } = &self.worlds[world];
        let known: Vec<_> = weak.iter().zip(&model.records.weak).collect();
        for (index, (weak, model)) in known.iter().enumerate() {
            for (other, of_model) in &known[..index] {
                let same = model.handle == of_model.handle;
                let (ids, edges) = ([weak.identity(mc), other.identity(mc)], [model.edge, of_model.edge]);
                assert_eq!(ids[0] == ids[1], same, "weak pointers to {edges:?} are equal: heap, model");
                assert!(weak.equals(other, mc).is_none_or(|equal| equal == same), "weak pointers: {edges:?}");
            }
        }
    }
}

impl World {
    /// How many objects a cycle has marked.
    pub(super) fn compare_live(&self, cycle: &CycleStats, live: u64) {
        // What destructors make while a cycle marks in slices is black, dead or not.
        let black = if crate::in_slices() { self.ledger.newborn().0 } else { 0 };
        let expected = live..=live + black;
        assert!(expected.contains(&cycle.live_objects), "live: heap {}, model {live}", cycle.live_objects);
    }

    /// What the heap says of itself when all that the last cycle made due has run. If cycles begin by
    /// themselves one may do so at any time, because of what destructors have made, and doom some of that: then one looks
    /// again.
    pub(super) fn compare_stats(&self, setup: Setup) {
        let records = &self.model.records;
        let live = (self.model.nodes.len() + records.handles.len()) as u64;
        let start = Since::now();
        let (stats, (newborn, newborn_alive)) = loop {
            let (before, stats) = (self.ledger.newborn(), self.heap.stats());
            let quiet = stats.objects_doomed == 0 && stats.objects() == live + before.1;
            let quiet = quiet && self.ledger.newborn() == before;
            if quiet || !setup.automatic || start.elapsed() > PATIENCE {
                break (stats, before);
            }
            if setup.by_hand {
                self.heap.run_pending().expect("outside of mutations");
            }
            std::thread::yield_now();
        };
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
        let counts = Counts {
            finalizers_queued: stats.finalizers_queued,
            finalizers_run: stats.finalizers_run,
            finalizer_panics: stats.finalizer_panics,
            cleanups_queued: stats.cleanups_queued,
            cleanups_run: stats.cleanups_run,
            cleanup_panics: stats.cleanup_panics,
        };
        assert_eq!(counts, records.counts, "heap, model");
        let pinned: BTreeMap<usize, u64> =
            self.model.pinned().iter().map(|(id, &count)| (self.model.nodes[id].address, count)).collect();
        assert_eq!(stats.pins, pinned.values().sum::<u64>(), "pins: heap, model");
        let pins = self.heap.pins();
        assert_eq!(pins.len(), pinned.len(), "{pins:?}");
        for pin in pins {
            // A slice has its length before its elements.
            let nearest = pinned.range(pin.address..pin.address + SLICE_HEAD).next();
            assert_eq!(nearest.map(|(_, &count)| count), Some(pin.count), "{pin}");
        }
    }

    /// In the end nothing is left but what finalizers keep that are never due, as objects with them refer to themselves.
    pub(super) fn compare_rest(&self) {
        let (stats, records) = (self.heap.stats(), &self.model.records);
        if records.finalizers.is_empty() {
            assert_eq!((stats.objects(), stats.bytes(), stats.bytes_in_use), (0, 0, 0), "{stats:?}");
            assert!(records.cleanups.is_empty(), "lost: {:?}", records.cleanups);
        }
    }

    /// Callbacks that have run, as far as the model knows.
    pub(super) fn n_run(&self) -> u64 {
        self.model.records.counts.finalizers_run + self.model.records.counts.cleanups_run
    }

    fn compare_pins(&self) {
        let pinned = self.model.pinned();
        for (pin, edge) in self.pins.iter().zip(&self.model.records.pins) {
            let (address, count) = pin.address_and_count();
            assert_eq!(count, pinned[&edge.to], "pins of object {}", edge.to);
            if !edge.inside {
                assert_eq!(address, self.model.nodes[&edge.to].address, "address of object {}", edge.to);
            }
        }
    }

    /// Walks the real heap beside the model, from the roots and pins. What objects own elsewhere, if all were met and it is
    /// known of all; those that have ephemerons or weak collections.
    fn walk<'gc>(&self, mc: &Mutation<'gc>) -> (Option<usize>, Vec<Local<'gc>>) {
        let mut owned = BTreeMap::<u64, usize>::new();
        let mut visited = BTreeSet::<Edge>::new();
        let mut addresses = BTreeMap::<usize, u64>::new();
        // What tables allocate is their business.
        let mut knows_all = true;
        let edges = self.model.roots.iter().map(|root| root.edge).chain(self.model.records.pins.clone());
        let handles =
            self.roots.iter().map(|root| root.get(mc)).chain(self.pins.iter().map(|pin| pin.get(mc)));
        let (mut next, mut holders): (Vec<_>, _) = (handles.zip(edges).collect(), Vec::new());
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
            if !edge.inside {
                owned.insert(edge.to, handle.owned(mc));
            }
            if let (Handle::Link(Link::Pact(pact)), Some(id)) = (handle, node.bond) {
                holders.push((handle, edge));
                owned.insert(id, 0);
                if let Some((_, value)) = pact.bond.get().look(mc) {
                    assert!(self.model.key(id).is_some(), "ephemeron {id} has a key that is dead");
                    next.push(self.dowry(id, value));
                }
            }
            if let Handle::Link(Link::Shelf(shelf)) = handle {
                holders.push((handle, edge));
                knows_all = false;
                for (key, (_, value)) in shelf.notes(mc) {
                    let id = node.held.notes.get(&key).copied().expect("a note that was made");
                    assert!(self.model.key(id).is_some(), "note {id} has a key that is dead");
                    next.push(self.dowry(id, value));
                }
            }
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
        // Parts alone do not tell, and what waits for a finalizer is met by nobody.
        let all = knows_all && owned.len() == self.model.nodes.len();
        (all.then(|| owned.into_values().sum()), holders)
    }
}
