//! Cycles of heap and model, and what becomes due in them.
//!
//! There are three sorts of heaps. Where no cycle starts by itself the model follows each. Where cycles do, the program
//! has cycles run until nothing is due any more: then the model knows again what there is. Where other programs use the
//! heap, too, only that is compared which is certain at any time.

use std::time::Duration;

use gc::{CollectError, PendingError};

use super::{Machine, Sharing, World};
use crate::patience::Since;
use crate::programs::anchors::AnyRoot;
use crate::programs::callbacks::Event;
use crate::programs::canary::dropped_dead;
use crate::programs::oracle::{Edge, RootVariable};
use crate::programs::records::Place;

/// How long code that runs on another thread may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// Cycles of a shared heap after which all that is dead has been found so, if nothing was due after any of them.
const QUIET_ROUNDS: u32 = 20;

impl Machine {
    /// Whether no cycle runs that the model does not know of.
    pub(super) fn knows_cycles(&self) -> bool {
        self.sharing == Sharing::Alone && !self.setup.automatic
    }

    /// Runs a cycle. Afterwards heap and model must agree.
    pub(super) fn collect(&mut self, world: usize) {
        if self.depth > 0 {
            let collected = self.worlds[world].heap.collect();
            assert!(matches!(collected, Err(CollectError::InsideMutation { .. })), "{collected:?}");
            return;
        }
        match self.sharing {
            Sharing::Shared => self.collect_shared(world),
            Sharing::Alone if self.setup.automatic => self.collect_all(world),
            Sharing::Alone => {
                self.cycle(world);
                self.settle(world);
                self.worlds[world].compare_stats(self.setup);
            }
        }
        assert_eq!(dropped_dead(), 0, "canaries that were dropped twice");
        assert_eq!(self.worlds[world].ledger.dropped_twice(), None, "dropped twice");
        self.compare(world);
    }

    /// Runs a cycle, and leaves what it has made due, if that does not run by itself.
    pub(super) fn cycle_only(&mut self, world: usize) {
        if self.depth > 0 || !self.knows_cycles() || !self.setup.by_hand {
            return self.collect(world);
        }
        self.cycle(world);
        let records = &self.worlds[world].model.records;
        for &canary in &records.doomed {
            assert_eq!(self.worlds[world].ledger.drops(canary), 0, "a destructor ran by itself");
        }
        let stats = self.worlds[world].heap.stats();
        let (queued, run) = (records.counts.finalizers_queued, records.counts.finalizers_run);
        assert_eq!((stats.finalizers_queued, stats.finalizers_run), (queued, run), "finalizers: heap, model");
        assert_eq!(stats.cleanups_run, records.counts.cleanups_run, "cleanups: heap, model");
        assert!(self.worlds[world].log.take().is_empty(), "nothing runs by itself");
        self.compare(world);
    }

    /// One cycle, of a heap that has no others, and of its model.
    fn cycle(&mut self, world: usize) {
        let world = &mut self.worlds[world];
        let cycle = world.heap.collect().expect("no trace function panics");
        let expected = world.model.cycle();
        world.compare_live(&cycle, expected);
        assert_eq!(world.heap.stats().cycles_automatic, 0, "no cycle starts by itself");
    }

    /// Runs cycles until nothing happens any more.
    fn collect_all(&mut self, world: usize) {
        // Without special records one cycle finds all that is dead. With them a second one, in which nothing became due,
        // finds handles that the one before has cleared.
        let enough = if self.worlds[world].has_records { 2 } else { 1 };
        let mut quiet = 0;
        let cycle = loop {
            let collected = self.worlds[world].heap.collect();
            let happened = if enough > 1 || self.setup.by_hand { self.run_due(world) } else { 0 };
            quiet = if happened == 0 { quiet + 1 } else { 0 };
            if quiet == enough {
                break collected.expect("no trace function panics");
            }
        };
        let (setup, world) = (self.setup, &mut self.worlds[world]);
        let queued = world.model.records.counts.finalizers_queued;
        let expected = (0..enough).map(|_| world.model.cycle()).last().expect("one at least");
        assert_eq!(world.model.records.counts.finalizers_queued, queued, "a finalizer was lost");
        world.assert_settled();
        world.compare_live(&cycle, expected);
        world.compare_stats(setup);
    }

    /// A cycle of a heap that others use: what was dead before is dropped after it.
    fn collect_shared(&mut self, world: usize) {
        self.note_events(world);
        let world = &mut self.worlds[world];
        world.look_for_end();
        let kept = world.model.perhaps_kept();
        world.heap.collect().expect("no trace function panics");
        let dead: Vec<u64> = world.model.nodes.keys().copied().filter(|id| !kept.contains(id)).collect();
        dead.into_iter().for_each(|id| world.model.die(id));
        world.model.bury(&world.ledger);
        world.model.check_alive(&world.model.reachable(), &world.ledger);
    }

    /// Runs what is due, where no cycle comes between: all of it has run then.
    pub(super) fn pending(&mut self, world: usize) {
        if self.depth > 0 {
            let ran = self.worlds[world].heap.run_pending();
            assert!(matches!(ran, Err(PendingError::InsideMutation { .. })), "{ran:?}");
        } else if self.knows_cycles() {
            self.settle(world);
        } else if self.sharing == Sharing::Alone {
            self.run_due(world);
        } else {
            self.note_events(world);
        }
    }

    /// Runs what is due, all of which the model knows.
    fn settle(&mut self, world: usize) {
        self.run_due(world);
        self.worlds[world].assert_settled();
    }

    /// Runs what is due, or waits for it; how much had run.
    pub(super) fn run_due(&mut self, world: usize) -> usize {
        let (heap, since) = (&self.worlds[world].heap, Since::now());
        if self.setup.by_hand {
            heap.run_pending().expect("outside of mutations");
            // A cycle that starts by itself, after a mutation of a finalizer, makes more due, and perhaps by a sweep on
            // another thread.
            while heap.run_pending() != Ok(0) {
                assert!(!self.knows_cycles(), "all has run");
                assert!(since.elapsed() < PATIENCE, "more and more is due");
            }
        } else {
            while let Err(error) = heap.wait_for_pending_timeout(Duration::from_secs(1)) {
                assert!(since.elapsed() < PATIENCE, "what is due runs by itself: {error}");
            }
        }
        self.note_events(world)
    }

    /// Tells the model of finalizers and cleanups that have run; how many these were.
    pub(super) fn note_events(&mut self, world: usize) -> usize {
        let (knows_cycles, shared) = (self.knows_cycles(), self.sharing == Sharing::Shared);
        let world = &mut self.worlds[world];
        let events = world.log.take();
        let n = events.len();
        for event in events {
            // One runs at a time.
            world.model.records.ending = None;
            match event {
                Event::Finalized { number, address, intact, root, guard } => {
                    let finalizer = world.model.finalized(number, knows_cycles);
                    if shared {
                        world.model.records.ending = Some(finalizer.place.of);
                    }
                    assert_eq!(address, finalizer.place.address, "what finalizer {number} was given");
                    assert!(intact, "what finalizer {number} was given was dropped, or has another one");
                    assert_eq!(root.is_some(), finalizer.action.keeps, "finalizer {number} keeps its object");
                    world.guards.remove(&number);
                    world.guards.extend(guard.map(|guard| (number + 1, guard)));
                    if let Some(root) = root {
                        world.keep(root, finalizer.place, self.next_slot);
                        self.next_slot += 1;
                    }
                }
                Event::Cleaned { number, dropped } => {
                    world.model.cleaned(number, knows_cycles);
                    assert!(dropped, "cleanup {number} ran before a destructor of its object");
                }
            }
        }
        if n > 0 {
            world.n_run = world.callbacks_run();
        }
        if shared {
            let finalizers = world.model.records.finalizers.keys();
            assert!(world.guards.keys().eq(finalizers), "{:?} lead to the finalizers", world.guards.keys());
        }
        n
    }

    /// Lets everything in a shared heap go, and waits until nothing of it is left there.
    pub(super) fn let_go(&mut self, world: usize) {
        let since = Since::now();
        let (mut rounds, mut quiet) = (0, 0);
        while rounds == 0 || self.worlds[world].is_anything_left() {
            // Cycles of references that contain an object with a finalizer are never freed.
            if rounds >= 3 {
                self.worlds[world].clear_finalizers();
            }
            self.worlds[world].forget_holds();
            self.collect(world);
            // In vain if others make more due all the time.
            let waited = self.worlds[world].heap.wait_for_pending_timeout(Duration::from_millis(5));
            let noted = self.note_events(world);
            self.worlds[world].look_for_end();
            rounds += 1;
            quiet = if noted == 0 && waited.is_ok() { quiet + 1 } else { 0 };
            let left = &self.worlds[world].model.records;
            let goes_on = quiet < QUIET_ROUNDS && since.elapsed() < PATIENCE;
            assert!(goes_on, "{:?}, {:?} did not run", left.finalizers, left.cleanups);
        }
    }
}

impl World {
    /// Takes the root over that a finalizer has made.
    fn keep(&mut self, root: AnyRoot, place: Place, slot: u64) {
        // It may be a root of a part.
        let inside = place.address != self.model.nodes[&place.of].address;
        self.roots.push(root);
        self.model.roots.push(RootVariable { edge: Edge { to: place.of, inside }, slot });
    }

    /// Drops what the program holds.
    pub(super) fn forget_holds(&mut self) {
        self.roots.clear();
        self.weak.clear();
        self.pins.clear();
        self.model.roots.clear();
        self.model.records.weak.clear();
        self.model.records.pins.clear();
    }

    fn callbacks_run(&self) -> u64 {
        let stats = self.heap.stats();
        stats.finalizers_run + stats.cleanups_run
    }

    /// Whether the finalizer that was noted last has ended: others have run since, or nothing runs.
    fn look_for_end(&mut self) {
        let ending = self.model.records.ending;
        let quiet = || self.heap.wait_for_pending_timeout(Duration::from_millis(1)).is_ok();
        if ending.is_some() && (self.callbacks_run() > self.n_run || quiet()) {
            self.model.records.ending = None;
        }
    }

    fn is_anything_left(&self) -> bool {
        let records = &self.model.records;
        let ended = records.finalizers.is_empty() && records.cleanups.is_empty() && records.ending.is_none();
        !(ended && self.roots.is_empty())
    }

    /// Clears finalizers that are not due.
    fn clear_finalizers(&mut self) {
        self.heap.mutate(|mc| {
            self.guards.retain(|number, guard| {
                let cleared = guard.get(mc).is_some_and(|handle| handle.clear_finalizer(mc));
                if cleared {
                    self.model.records.finalizers.remove(number);
                }
                !cleared
            });
        });
    }

    /// Asserts that all that was due has run, and all destructors.
    fn assert_settled(&mut self) {
        self.model.bury(&self.ledger);
        let records = &self.model.records;
        assert!(!records.is_anything_due(), "lost: {:?}, {:?}", records.finalizers, records.cleanups);
        self.model.check_alive(&self.model.kept(), &self.ledger);
    }
}
