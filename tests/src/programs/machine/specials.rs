//! The operations on weak pointers, finalizers, cleanups and pins, each on heap and model.

use std::sync::Arc;

use gc::{AllocError, Gc, Mutation};

use super::{Local, Machine, Sharing};
use crate::programs::callbacks::{Action, CleanupCode, FinalizerCode};
use crate::programs::canary::Temper;
use crate::programs::handle::Handle;
use crate::programs::objects::Link;
use crate::programs::program::{Op, Pick};
use crate::programs::records::{Cleanup, Finalizer, Handle as ModelHandle, Place, Weak};
use crate::programs::sight::Sight;

/// Weak roots of a heap at most, and pins: so many that what they are about still dies.
const MANY_WEAK: usize = 30;
const MANY_PINS: usize = 6;

fn place((handle, edge): Local<'_>) -> Place {
    Place { of: edge.to, address: handle.address() }
}

impl Machine {
    /// One operation on the special records of an object.
    pub(super) fn special<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        locals: &mut Vec<Local<'gc>>,
        op: Op,
    ) {
        self.worlds[world].has_records = true;
        match op {
            Op::Upgrade { weak } => {
                let index = usize::from(weak).checked_rem(self.worlds[world].weak.len());
                locals.extend(index.and_then(|index| self.upgrade(mc, world, index, false)));
            }
            Op::Glance { from } => {
                let Some((Handle::Link(Link::Watcher(watcher)), at)) = self.pick(mc, world, locals, from)
                else {
                    return;
                };
                let sees = self.worlds[world].model.nodes[&at.to].sees;
                let found = Gc::as_ref(watcher).sight.get().upgrade(mc);
                locals.extend(self.check_upgraded(world, sees, found, false));
            }
            Op::Watch { from, to, inside } => {
                let (from, to) = (self.pick(mc, world, locals, from), self.pick(mc, world, locals, to));
                if let (Some(from), Some(to)) = (from, to) {
                    let to = self.aim(world, to, inside);
                    self.watch(mc, world, from, to);
                }
            }
            Op::Bind { from, key, inside, to } => {
                let [from, key, to] = [from, key, to].map(|pick| self.pick(mc, world, locals, pick));
                if let (Some(from), Some(key), Some(to)) = (from, key, to) {
                    let key = self.aim(world, key, inside);
                    self.bind(mc, world, from, key, to);
                }
            }
            Op::Consult { from } => {
                let from = self.pick(mc, world, locals, from);
                let both = from.and_then(|from| self.consult(mc, world, from, false));
                locals.extend(both.into_iter().flatten());
            }
            Op::Weak { of, inside }
            | Op::Finalize { of, inside, .. }
            | Op::ClearFinalizer { of, inside }
            | Op::Cleanup { of, inside }
            | Op::Pin { of, inside } => {
                let Some(local) = self.pick(mc, world, locals, of) else { return };
                let local = self.aim(world, local, inside);
                match op {
                    Op::Weak { .. } => self.weak(mc, world, local),
                    Op::Finalize { action, .. } => self.finalize(mc, world, local, Action::of(action)),
                    Op::ClearFinalizer { .. } => self.clear_finalizer(mc, world, local),
                    Op::Cleanup { .. } => self.cleanup(mc, world, local),
                    _ => self.pin(mc, world, local),
                }
            }
            _ => {}
        }
    }

    /// The model's handle of weak pointers to a place, if there was room for one.
    pub(super) fn handle_of<T>(
        &mut self,
        world: usize,
        local: Local<'_>,
        made: Result<T, AllocError>,
    ) -> Option<(T, u64)> {
        let place = place(local);
        let world = &mut self.worlds[world];
        if let Some(number) = world.model.records.handle_of(place) {
            return Some((made.expect("a handle that exists takes no room"), number));
        }
        let made = made.ok()?;
        world.made.set(world.made.get() + 1);
        // Whatever has asked for it, a weak collection, too: it goes a cycle later than its target.
        world.has_records = true;
        let number = self.next_slot;
        self.next_slot += 1;
        world.model.records.handles.insert(number, ModelHandle { place, alive: true });
        Some((made, number))
    }

    fn weak<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, local: Local<'gc>) {
        if self.worlds[world].weak.len() >= MANY_WEAK {
            return;
        }
        let Some(made) = local.0.weak(mc) else { return };
        if let Some((weak, handle)) = self.handle_of(world, local, made) {
            self.worlds[world].weak.push(weak);
            let weak = Weak { handle, edge: local.1, slot: Some(self.next_slot) };
            self.next_slot += 1;
            self.worlds[world].model.records.weak.push(weak);
        }
    }

    fn watch<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, from: Local<'gc>, to: Local<'gc>) {
        let (Handle::Link(Link::Watcher(watcher)), at) = from else { return };
        let Some(made) = Sight::of(mc, to.0) else { return };
        if let Some((sight, handle)) = self.handle_of(world, to, made) {
            Gc::as_ref(watcher).sight.set(mc, sight);
            let node = self.worlds[world].model.nodes.get_mut(&at.to).expect("known");
            node.sees = Some(Weak { handle, edge: to.1, slot: None });
        }
    }

    /// Upgrades a weak root.
    pub(super) fn upgrade<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        index: usize,
        still: bool,
    ) -> Option<Local<'gc>> {
        let found = self.worlds[world].weak[index].get(mc);
        let weak = self.worlds[world].model.records.weak[index];
        self.check_upgraded(world, Some(weak), found, still)
    }

    /// Compares what a weak pointer has given with the model. `still`: nothing has happened that the model does not know
    /// of.
    pub(super) fn check_upgraded<'gc>(
        &mut self,
        world: usize,
        weak: Option<Weak>,
        found: Option<Handle<'gc>>,
        still: bool,
    ) -> Option<Local<'gc>> {
        let still = still || self.knows_cycles();
        let Some(Weak { handle: number, edge, .. }) = weak else {
            assert!(found.is_none(), "nothing was upgraded");
            return None;
        };
        let model = &mut self.worlds[world].model;
        let handle = model.records.handles.get_mut(&number).expect("a weak pointer keeps it");
        let Some(found) = found else {
            // With cycles that come by themselves the target may be dead, or due to be finalized, if nothing leads to it.
            let lost = handle.alive && (still || model.reachable().contains(&edge.to));
            assert!(!lost, "a weak pointer to object {} was cleared", edge.to);
            model.records.handles.get_mut(&number).expect("as above").alive = false;
            return None;
        };
        assert!(handle.alive, "a weak pointer to object {} was upgraded after it was cleared", edge.to);
        assert_eq!(found.address(), handle.place.address, "address of object {}, upgraded", edge.to);
        found.check(edge.to, &model.nodes[&edge.to]);
        Some((found, edge))
    }

    fn finalize<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, local: Local<'gc>, action: Action) {
        let (number, place) = (self.next_number, place(local));
        self.next_number += 2;
        let shared = self.sharing == Sharing::Shared;
        let world = &mut self.worlds[world];
        let code = FinalizerCode {
            number,
            action,
            log: Arc::clone(&world.log),
            ledger: Arc::clone(&world.ledger),
            canaries: world.model.nodes[&place.of].canaries.clone(),
            _own: world.ledger.canary(Temper::Calm),
            guards: shared,
            seen: None,
        };
        let guard = if shared { local.0.weak(mc) } else { None };
        let set = local.0.set_finalizer(mc, code);
        let expected = world.model.records.finalizer_of(place).is_none();
        assert_eq!(set, expected, "a finalizer of object {} was set, but not over another one", place.of);
        if set {
            world.model.records.finalizers.insert(number, Finalizer { place, action, queued: false });
            world.guards.extend(guard.map(|guard| (number, guard.expect("shared heaps have no limit"))));
        }
    }

    fn clear_finalizer<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, local: Local<'gc>) {
        let world = &mut self.worlds[world];
        let expected = world.model.records.finalizer_of(place(local));
        let cleared = local.0.clear_finalizer(mc);
        assert_eq!(cleared, expected.is_some(), "a finalizer of object {} was cleared", local.1.to);
        if let Some(number) = expected {
            world.model.records.finalizers.remove(&number);
            world.guards.remove(&number);
        }
    }

    fn cleanup<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, local: Local<'gc>) {
        let number = self.next_number;
        self.next_number += 2;
        let of = local.1.to;
        let world = &mut self.worlds[world];
        let code = CleanupCode {
            number,
            log: Arc::clone(&world.log),
            ledger: Arc::clone(&world.ledger),
            canaries: world.model.nodes[&of].canaries.clone(),
            _own: world.ledger.canary(Temper::Calm),
        };
        if let Some(cleanup) = local.0.add_cleanup(mc, code) {
            world.cleanups.insert(number, cleanup);
            world.model.records.cleanups.insert(number, Cleanup { of, due: false });
        }
    }

    fn pin<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, local: Local<'gc>) {
        let world = &mut self.worlds[world];
        if world.pins.len() < MANY_PINS
            && let Some(pin) = local.0.pin(mc)
        {
            world.pins.push(pin);
            world.model.records.pins.push(local.1);
        }
    }

    /// One operation on what the program holds of special records.
    pub(super) fn special_outside(&mut self, world: usize, op: Op) {
        let index = |pick: Pick, n: usize| usize::from(pick).checked_rem(n);
        let knows_cycles = self.knows_cycles();
        let world = &mut self.worlds[world];
        match op {
            Op::CloneWeak { weak } => {
                if let Some(index) = index(weak, world.weak.len()).filter(|_| world.weak.len() < MANY_WEAK) {
                    world.weak.push(world.weak[index].clone());
                    world.model.records.weak.push(world.model.records.weak[index]);
                }
            }
            Op::DropWeak { weak } => {
                world.stale_weak.pop();
                if let Some(index) = index(weak, world.weak.len()) {
                    drop(world.weak.swap_remove(index));
                    world.model.records.weak.swap_remove(index);
                }
            }
            Op::Unpin { pin } => {
                if let Some(index) = index(pin, world.pins.len()) {
                    drop(world.pins.swap_remove(index));
                    world.model.records.pins.swap_remove(index);
                }
            }
            Op::StopCleanup { cleanup } => {
                if let Some(index) = index(cleanup, world.cleanups.len()) {
                    world.stop_cleanup(index, knows_cycles);
                }
            }
            _ => {}
        }
    }
}

impl super::World {
    fn stop_cleanup(&mut self, index: usize, knows_cycles: bool) {
        let (&number, cleanup) = self.cleanups.iter().nth(index).expect("so many");
        let stopped = cleanup.stop();
        let known = self.model.records.cleanups.get(&number).copied();
        match known {
            Some(Cleanup { of, due: false }) if !stopped => {
                // It may be due, but for objects that are certain to be alive.
                let alive = knows_cycles || self.model.reachable().contains(&of);
                assert!(!alive, "cleanup {number} of object {of} was not stopped");
            }
            Some(Cleanup { due: false, .. }) => _ = self.model.records.cleanups.remove(&number),
            _ => assert!(!stopped, "cleanup {number}, which was due, was stopped"),
        }
    }
}
