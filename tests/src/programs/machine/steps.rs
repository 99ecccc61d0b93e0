//! The operations one by one, each on heap and model.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use gc::{Gc, Mutation, Trace};

use super::{Local, Machine, World};
use crate::programs::canary::{Canary, Ledger, Temper};
use crate::programs::handle::Handle;
use crate::programs::make::{Made, Maker};
use crate::programs::objects::Link;
use crate::programs::oracle::{Edge, RootVariable};
use crate::programs::program::{Kind, Pick};

/// Every panic of a program, so that faults are told from them.
struct Planned;

/// Panics without the hook, which would print.
fn panic_as_planned() -> ! {
    resume_unwind(Box::new(Planned))
}

/// Runs what may panic as planned, and says whether it did; other panics go on.
fn catch_planned(run: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(()) => false,
        Err(panic) if panic.is::<Planned>() => true,
        Err(panic) => resume_unwind(panic),
    }
}

pub(super) fn maker(world: &World) -> Maker<'_> {
    Maker { ledger: &world.ledger, heap: world.heap.downgrade(), made: &world.made }
}

impl Machine {
    /// A local, or the target of a root.
    pub(super) fn pick<'gc>(
        &self,
        mc: &Mutation<'gc>,
        world: usize,
        locals: &[Local<'gc>],
        pick: Pick,
    ) -> Option<Local<'gc>> {
        let world = &self.worlds[world];
        let n = locals.len() + world.roots.len();
        let index = usize::from(pick).checked_rem(n)?;
        Some(match locals.get(index) {
            Some(&local) => local,
            None => {
                let index = index - locals.len();
                (world.roots[index].get(mc), world.model.roots[index].edge)
            }
        })
    }

    /// The same object, or its part.
    pub(super) fn aim<'gc>(&self, world: usize, (handle, edge): Local<'gc>, inside: bool) -> Local<'gc> {
        if inside && self.worlds[world].model.has_inside(edge.to) {
            (handle.part(), Edge { inside: true, ..edge })
        } else {
            (handle, edge)
        }
    }

    /// Makes an object. If there is no room for it nothing happens.
    pub(super) fn alloc<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        kind: Kind,
        size: u16,
        fixed: Option<Local<'gc>>,
    ) -> Option<Local<'gc>> {
        let fixed = match fixed {
            Some((Handle::Link(Link::Node(gc)), edge)) => Some((gc, edge)),
            _ => None,
        };
        let id = self.next_id;
        self.next_id += 2;
        let world = &mut self.worlds[world];
        let made = maker(world).make(mc, kind, id, usize::from(size), fixed);
        let Made { handle, node, held } = made.ok()?;
        if let Some(held) = held {
            world.model.nodes.insert(id + 1, held);
        }
        world.model.nodes.insert(id, node);
        Some((handle, Edge { to: id, inside: false }))
    }

    /// The target of an edge.
    pub(super) fn follow<'gc>(
        &self,
        mc: &Mutation<'gc>,
        world: usize,
        (handle, at): Local<'gc>,
        edge: usize,
    ) -> Option<Local<'gc>> {
        let node = &self.worlds[world].model.nodes[&at.to];
        let slots = node.slots(at.inside);
        let index = edge.checked_rem(slots.len())?;
        let (real, model) = (handle.edges(mc)[index], node.edges[slots[index]]);
        assert_eq!(real.is_some(), model.is_some(), "edge {index} of {at:?}");
        real.zip(model)
    }

    /// Stores an edge, if there is one that it can be stored into.
    pub(super) fn link<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (from, at): Local<'gc>,
        edge: usize,
        (to, target): Local<'gc>,
    ) {
        let model = &mut self.worlds[world].model;
        let slots = model.nodes[&at.to].slots(at.inside);
        let (Some(index), Some(link)) = (edge.checked_rem(slots.len()), to.link()) else { return };
        if model.can_store(at.to, slots[index], target) {
            from.set(mc, index, link);
            model.nodes.get_mut(&at.to).expect("known").edges[slots[index]] = Some(target);
        }
    }

    pub(super) fn unlink<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (from, at): Local<'gc>,
        edge: usize,
    ) {
        let node = self.worlds[world].model.nodes.get_mut(&at.to).expect("known");
        let slots = node.slots(at.inside);
        if let Some(index) = edge.checked_rem(slots.len())
            && node.can_clear(slots[index])
        {
            from.set(mc, index, Link::Nil);
            node.edges[slots[index]] = None;
        }
    }

    /// Adds an edge to a container.
    pub(super) fn push<'gc>(
        &mut self,
        mc: &Mutation<'gc>,
        world: usize,
        (from, at): Local<'gc>,
        (to, target): Local<'gc>,
    ) {
        let node = self.worlds[world].model.nodes.get_mut(&at.to).expect("known");
        if let Some(link) = to.link()
            && node.grows()
        {
            from.push(mc, link);
            node.edges.push(Some(target));
        }
    }

    pub(super) fn root<'gc>(&mut self, mc: &Mutation<'gc>, world: usize, (handle, edge): Local<'gc>) {
        let world = &mut self.worlds[world];
        if let Some(root) = handle.root(mc) {
            world.roots.push(root);
            world.model.roots.push(RootVariable { edge, slot: self.next_slot });
            self.next_slot += 1;
        }
    }

    pub(super) fn clone_root(&mut self, world: usize, root: Pick) {
        let world = &mut self.worlds[world];
        if let Some(index) = usize::from(root).checked_rem(world.roots.len()) {
            world.roots.push(world.roots[index].clone());
            world.model.roots.push(world.model.roots[index]);
        }
    }

    pub(super) fn drop_root(&mut self, world: usize, root: Pick) {
        let world = &mut self.worlds[world];
        // Now and then one whose heap is gone.
        if root.is_multiple_of(4) {
            world.stale.pop();
        }
        if let Some(index) = usize::from(root).checked_rem(world.roots.len()) {
            drop(world.roots.swap_remove(index));
            world.model.roots.swap_remove(index);
        }
    }

    /// Makes objects in a mutation that ends with a panic.
    pub(super) fn panic_inside(&mut self, world: usize, kind: Kind, n: u8) {
        let heap = self.worlds[world].heap.clone();
        let depth = self.depth;
        catch_planned(|| {
            heap.mutate(|mc| {
                for size in 0..n {
                    self.alloc(mc, world, kind, size.into(), None);
                }
                panic_as_planned();
            });
        });
        self.depth = depth;
    }
}

/// What panics when it is cloned, if its number is given.
#[derive(Debug, Trace)]
struct Brittle {
    index: u8,
    breaks_at: u8,
    _canary: Canary,
    ledger: Arc<Ledger>,
}

impl Clone for Brittle {
    fn clone(&self) -> Self {
        if self.index == self.breaks_at {
            panic_as_planned();
        }
        let (canary, ledger) = (self.ledger.canary(Temper::Calm), Arc::clone(&self.ledger));
        Self { index: self.index, breaks_at: self.breaks_at, _canary: canary, ledger }
    }
}

/// A slice that is not finished, as making or cloning one of its elements panics: all the others are dropped.
pub(super) fn broken_slice(mc: &Mutation<'_>, n: u8, at: u8, clone: bool) {
    // A ledger of its own: in that of the world a service thread may note deaths meanwhile.
    let ledger = &Arc::new(Ledger::default());
    let brittle = |index| {
        let (canary, ledger) = (ledger.canary(Temper::Calm), Arc::clone(ledger));
        Brittle { index, breaks_at: at, _canary: canary, ledger }
    };
    let broken = catch_planned(|| {
        if clone {
            let items: Vec<Brittle> = (0..=n).map(brittle).collect();
            let _ = Gc::try_from_slice(mc, &items);
        } else {
            let items = (0..=n).map(|index| if index == at { panic_as_planned() } else { brittle(index) });
            let _ = Gc::try_from_iter(mc, items);
        }
    });
    // A slot is taken when all elements are there.
    assert!(broken, "an element breaks");
    assert_eq!(ledger.alive(), 0, "elements of a slice that was never finished");
}
