//! Cycles of heap and model, and comparing the two.

use std::collections::BTreeSet;

use gc::capi::{
    Status, gc_enter, gc_heap_verify, gc_heap_wait_for_pending, gc_leave, gc_pin_drop, gc_root_drop,
    gc_weak_drop,
};
use tests::programs::oracle::{Edge, RootVariable};

use crate::calls::{collect, done, get, message, pin_address, right, root_get, run_pending, stats};
use crate::machine::Machine;
use crate::notes::Event;
use crate::world::{PATIENCE, World};

impl Machine {
    /// Runs a cycle, and what it makes due. Afterwards heap and model must agree.
    pub(crate) fn collect(&mut self, world: usize) {
        if self.is_inside() {
            assert_eq!(collect(self.worlds[world].heap).err(), Some(Status::Inside), "{}", message());
            return;
        }
        // Where cycles start by themselves the one before may have cleared handles, which go in the next.
        let live =
            if self.knows_cycles() { self.cycle(world) } else { self.cycle(world).min(self.cycle(world)) };
        if let Some((real, model)) = live {
            assert_eq!(real, model, "live: heap, model");
        }
        self.settle(world);
        self.compare(world);
        self.compare_stats(world);
    }

    /// Runs a cycle, and leaves what it has made due, if that does not run by itself.
    pub(crate) fn cycle_only(&mut self, world: usize) {
        if self.is_inside() || !self.knows_cycles() || !self.setup.by_hand {
            return self.collect(world);
        }
        let (real, model) = self.cycle(world).expect("one cycle");
        assert_eq!(real, model, "live: heap, model");
        let World { heap, model, notes, .. } = &self.worlds[world];
        let destroyed = model.records.doomed.iter().any(|&canary| notes.drops(canary) > 0);
        assert!(!destroyed, "a destructor ran by itself");
        let report = stats(*heap);
        assert_eq!(report.finalizers_queued, model.records.counts.finalizers_queued, "due: heap, model");
        assert_eq!(report.finalizers_run, model.records.counts.finalizers_run, "finalizers: heap, model");
        assert!(notes.take().is_empty(), "nothing runs by itself");
        self.compare(world);
    }

    /// One cycle of heap and model: how many objects are alive.
    fn cycle(&mut self, world: usize) -> Option<(u64, u64)> {
        let World { heap, model, .. } = &mut self.worlds[world];
        let real = right(collect(*heap)).live_objects;
        Some((real, model.cycle()))
    }

    /// Runs what is due.
    pub(crate) fn pending(&mut self, world: usize) {
        if self.is_inside() {
            assert_eq!(run_pending(self.worlds[world].heap), Err(Status::Inside), "{}", message());
        } else if self.knows_cycles() {
            self.settle(world);
        }
    }

    /// Runs what is due, or waits for it, and tells the model.
    fn settle(&mut self, world: usize) {
        let heap = self.worlds[world].heap;
        if self.setup.by_hand {
            right(run_pending(heap));
            assert_eq!(run_pending(heap), Ok(0), "all has run");
        } else {
            done(gc_heap_wait_for_pending(heap, u64::try_from(PATIENCE.as_millis()).expect("short")));
        }
        for event in self.worlds[world].notes.take() {
            self.note(world, event);
        }
        let World { model, notes, .. } = &mut self.worlds[world];
        for canary in model.records.doomed.drain(..) {
            assert_eq!(notes.drops(canary), 1, "object {canary} is dead");
        }
        assert!(!model.records.is_anything_due(), "lost: {:?}", model.records);
        for id in model.kept() {
            let is_intact = model.nodes[&id].canaries.iter().all(|&canary| notes.drops(canary) == 0);
            assert!(is_intact, "object {id} is alive and was destroyed");
        }
    }

    fn note(&mut self, world: usize, event: Event) {
        let World { model, roots, .. } = &mut self.worlds[world];
        match event {
            Event::Finalized { number, address, intact, root } => {
                let finalizer = model.finalized(number, true);
                assert_eq!(address, finalizer.place.address, "what finalizer {number} was given");
                assert!(intact, "what finalizer {number} was given was destroyed");
                assert_eq!(root.is_some(), finalizer.action.keeps, "finalizer {number} keeps its object");
                if let Some(root) = root {
                    roots.push(root);
                    let edge = Edge { to: finalizer.place.of, inside: false };
                    model.roots.push(RootVariable { edge, slot: self.next_slot });
                    self.next_slot += 1;
                }
            }
            Event::Cleaned { number, dropped } => {
                model.cleaned(number, true);
                assert!(dropped, "cleanup {number} ran before the destructor of its object");
            }
        }
    }

    /// Compares all that can be looked at with the model.
    fn compare(&mut self, world: usize) {
        let World { heap, mutator, .. } = self.worlds[world];
        done(gc_heap_verify(heap));
        done(gc_enter(mutator));
        self.worlds[world].walk();
        for index in 0..self.worlds[world].weak.len() {
            self.upgrade(world, index, true);
        }
        done(gc_leave(mutator));
    }

    fn compare_stats(&self, world: usize) {
        let World { heap, model, made, .. } = &self.worlds[world];
        let (report, counts) = (stats(*heap), &model.records.counts);
        assert_eq!(report.objects_allocated, *made, "objects made: heap, model");
        let live = (model.nodes.len() + model.records.handles.len()) as u64;
        assert_eq!(report.objects_allocated - report.objects_freed, live, "objects: heap, model");
        assert_eq!(report.objects_doomed, 0, "all destructors have run");
        assert_eq!(report.roots, model.root_slots() as u64, "root slots: heap, model");
        assert_eq!(report.pins, model.records.pins.len() as u64, "pins: heap, model");
        assert_eq!(report.finalizers_queued, counts.finalizers_queued, "finalizers due: heap, model");
        assert_eq!(report.finalizers_run, counts.finalizers_run, "finalizers: heap, model");
        assert_eq!(report.cleanups_queued, counts.cleanups_queued, "cleanups due: heap, model");
        assert_eq!(report.cleanups_run, counts.cleanups_run, "cleanups: heap, model");
        assert!(!self.knows_cycles() || report.cycles_automatic == 0, "no cycle starts by itself");
    }

    /// In the end nothing is left but what finalizers keep that are never due.
    pub(crate) fn compare_rest(&self, world: usize) {
        let World { heap, model, .. } = &self.worlds[world];
        let report = stats(*heap);
        if model.records.finalizers.is_empty() {
            assert_eq!(
                (report.objects_allocated, report.bytes_in_use),
                (report.objects_freed, 0),
                "{report:?}"
            );
            assert!(model.records.cleanups.is_empty(), "lost: {:?}", model.records.cleanups);
        }
    }

    /// Drops what the program holds.
    pub(crate) fn forget_holds(&mut self, world: usize) {
        let World { model, roots, weak, pins, .. } = &mut self.worlds[world];
        roots.drain(..).for_each(|root| done(gc_root_drop(root)));
        weak.drain(..).for_each(|weak| done(gc_weak_drop(weak)));
        pins.drain(..).for_each(|pin| done(gc_pin_drop(pin)));
        model.roots.clear();
        model.records.weak.clear();
        model.records.pins.clear();
    }
}

impl World {
    /// Walks the real heap beside the model, from the roots and pins.
    fn walk(&self) {
        let Self { mutator, model, layouts, .. } = self;
        let roots = self.roots.iter().zip(&model.roots);
        let roots = roots.map(|(&root, variable)| (root_get(*mutator, root), variable.edge.to));
        let pins = self.pins.iter().zip(&model.records.pins);
        let pins = pins.map(|(&pin, edge)| (pin_address(pin), edge.to));
        let (mut next, mut visited) = (roots.chain(pins).collect::<Vec<_>>(), BTreeSet::new());
        while let Some((object, id)) = next.pop() {
            let node = &model.nodes[&id];
            assert_eq!(object.addr(), node.address, "address of object {id}");
            if !visited.insert(id) {
                continue;
            }
            layouts[&id].check(object, id);
            for (&at, edge) in layouts[&id].pointers.iter().zip(&node.edges) {
                let target = get(*mutator, object, at);
                assert_eq!(target.is_null(), edge.is_none(), "the pointer at {at} of object {id}");
                next.extend(edge.map(|edge| (target, edge.to)));
            }
        }
    }
}
