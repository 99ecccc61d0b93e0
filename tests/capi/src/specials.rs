//! The operations on weak pointers, finalizers, cleanups and pins, each on heap and model.

use gc::capi::{Status, gc_pin_drop, gc_weak_drop};
use tests::programs::Action;
use tests::programs::oracle::Edge;
use tests::programs::program::{Op, Pick};
use tests::programs::records::{Cleanup, Finalizer, Handle, Place, Weak};

use crate::calls::{
    cleanup_add, cleanup_stop, done, finalizer_clear, finalizer_set, pin_address, pin_new, right, weak_clone,
    weak_get, weak_new,
};
use crate::machine::{Local, Machine};
use crate::notes::{Code, clean, finalize, release};
use crate::world::World;

/// So many that what they are about still dies.
const MANY_WEAK: usize = 30;
const MANY_PINS: usize = 6;

fn place((object, of): Local) -> Place {
    Place { of, address: object.addr() }
}

fn index(pick: Pick, n: usize) -> Option<usize> {
    usize::from(pick).checked_rem(n)
}

impl Machine {
    pub(crate) fn special(&mut self, world: usize, op: Op) {
        match op {
            Op::Upgrade { weak } => {
                let found =
                    index(weak, self.worlds[world].weak.len()).and_then(|at| self.upgrade(world, at, false));
                self.hold(found);
            }
            Op::Weak { of, .. } => self.on(world, of, Self::weak),
            Op::Pin { of, .. } => self.on(world, of, Self::pin),
            _ if !self.knows_cycles() => {}
            Op::Finalize { of, action, .. } => {
                self.on(world, of, |this, world, local| this.finalize(world, local, Action::of(action)));
            }
            Op::ClearFinalizer { of, .. } => self.on(world, of, Self::clear_finalizer),
            Op::Cleanup { of, .. } => self.on(world, of, Self::cleanup),
            _ => {}
        }
    }

    fn on(&mut self, world: usize, of: Pick, act: impl FnOnce(&mut Self, usize, Local)) {
        if let Some(local) = self.pick(world, of) {
            act(self, world, local);
        }
    }

    fn weak(&mut self, world: usize, local: Local) {
        let is_limited = self.setup.limit_bytes < usize::MAX;
        let (slot, next_handle) = (self.next_slot, self.next_slot + 1);
        self.next_slot += 2;
        let World { mutator, model, weak, made, .. } = &mut self.worlds[world];
        if weak.len() >= MANY_WEAK {
            return;
        }
        let known = model.records.handle_of(place(local));
        let new = match weak_new(*mutator, local.0) {
            Err(Status::NoMemory) if is_limited && known.is_none() => return,
            outcome => right(outcome),
        };
        weak.push(new);
        let handle = known.unwrap_or_else(|| {
            *made += 1;
            model.records.handles.insert(next_handle, Handle { place: place(local), alive: true });
            next_handle
        });
        let edge = Edge { to: local.1, inside: false };
        model.records.weak.push(Weak { handle, edge, slot: Some(slot) });
    }

    /// Upgrades a weak pointer. `still`: nothing has happened that the model does not know of.
    pub(crate) fn upgrade(&mut self, world: usize, index: usize, still: bool) -> Option<Local> {
        let still = still || self.knows_cycles();
        let World { mutator, model, weak, layouts, .. } = &mut self.worlds[world];
        let found = weak_get(*mutator, weak[index]);
        let Weak { handle: number, edge, .. } = model.records.weak[index];
        let handle = model.records.handles[&number];
        if found.is_null() {
            let lost = handle.alive && (still || model.reachable().contains(&edge.to));
            assert!(!lost, "a weak pointer to object {} was cleared", edge.to);
            model.records.handles.get_mut(&number).expect("known").alive = false;
            return None;
        }
        assert!(handle.alive, "a weak pointer to object {} was upgraded after it was cleared", edge.to);
        assert_eq!(found.addr(), handle.place.address, "address of object {}, upgraded", edge.to);
        layouts[&edge.to].check(found, edge.to);
        Some((found, edge.to))
    }

    fn pin(&mut self, world: usize, (object, id): Local) {
        let World { mutator, model, pins, .. } = &mut self.worlds[world];
        if pins.len() < MANY_PINS {
            let pin = pin_new(*mutator, object);
            assert_eq!(pin_address(pin), object, "the address of a pin");
            pins.push(pin);
            model.records.pins.push(Edge { to: id, inside: false });
        }
    }

    fn code(&mut self, world: usize, (_, id): Local, action: Action) -> Code {
        let number = self.next_number;
        self.next_number += 2;
        Code { number, action, canaries: self.worlds[world].model.nodes[&id].canaries.clone() }
    }

    fn finalize(&mut self, world: usize, local: Local, action: Action) {
        let code = self.code(world, local, action);
        let number = code.number;
        let World { mutator, model, notes, .. } = &mut self.worlds[world];
        let argument = notes.argument(code);
        // SAFETY: the argument is what the functions expect.
        let status = unsafe { finalizer_set(*mutator, local.0, Some(finalize), argument, Some(release)) };
        if model.records.finalizer_of(place(local)).is_some() {
            assert_eq!(status, Status::AlreadySet, "object {} has a finalizer", local.1);
            // SAFETY: it stays the program's if it was refused.
            unsafe { release(argument) };
            return;
        }
        done(status);
        model.records.finalizers.insert(number, Finalizer { place: place(local), action, queued: false });
    }

    fn clear_finalizer(&mut self, world: usize, local: Local) {
        let World { mutator, model, .. } = &mut self.worlds[world];
        let expected = model.records.finalizer_of(place(local));
        let cleared = finalizer_clear(*mutator, local.0);
        assert_eq!(cleared, expected.is_some(), "a finalizer of object {} was cleared", local.1);
        expected.map(|number| model.records.finalizers.remove(&number));
    }

    fn cleanup(&mut self, world: usize, local: Local) {
        let code = self.code(world, local, Action::of(0));
        let number = code.number;
        let World { mutator, model, notes, cleanups, .. } = &mut self.worlds[world];
        let argument = notes.argument(code);
        // SAFETY: the argument is what the functions expect.
        let cleanup = unsafe { cleanup_add(*mutator, local.0, Some(clean), argument, Some(release)) };
        cleanups.insert(number, cleanup);
        model.records.cleanups.insert(number, Cleanup { of: local.1, due: false });
    }

    /// One operation on what the program holds of special records.
    pub(crate) fn special_outside(&mut self, world: usize, op: Op) {
        let World { model, weak, pins, cleanups, stale_weak, .. } = &mut self.worlds[world];
        let records = &mut model.records;
        match op {
            Op::CloneWeak { weak: pick } => {
                if let Some(index) = index(pick, weak.len()).filter(|_| weak.len() < MANY_WEAK) {
                    weak.push(weak_clone(weak[index]));
                    records.weak.push(records.weak[index]);
                }
            }
            Op::DropWeak { weak: pick } => {
                stale_weak.pop().into_iter().for_each(|weak| done(gc_weak_drop(weak)));
                if let Some(index) = index(pick, weak.len()) {
                    done(gc_weak_drop(weak.swap_remove(index)));
                    records.weak.swap_remove(index);
                }
            }
            Op::Unpin { pin } => {
                if let Some(index) = index(pin, pins.len()) {
                    done(gc_pin_drop(pins.swap_remove(index)));
                    records.pins.swap_remove(index);
                }
            }
            Op::StopCleanup { cleanup } => {
                let number = index(cleanup, cleanups.len()).and_then(|at| cleanups.keys().nth(at).copied());
                let Some(number) = number else { return };
                let stopped = cleanup_stop(cleanups.remove(&number).expect("known"));
                let is_waiting = records.cleanups.get(&number).is_some_and(|cleanup| !cleanup.due);
                assert_eq!(stopped, is_waiting, "cleanup {number} was stopped");
                if stopped {
                    records.cleanups.remove(&number);
                }
            }
            _ => {}
        }
    }
}
