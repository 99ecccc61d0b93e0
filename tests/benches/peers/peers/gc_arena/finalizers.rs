//! Finalizers as the program's own: it keeps a weak pointer to each object that has one, and looks which are dead when a cycle
//! has marked; who is found can be resurrected, and so lives until the next cycle.

use gc_arena::arena::MarkedArena;
use gc_arena::{Arena, Gc, GcRefLock, GcWeak, RefLock, Rootable};

use crate::workloads::finalizers::finalize;
use crate::workloads::replacing::{Replacing, Steps};

/// A table, and the objects that have a finalizer.
type Tables<'gc> = (Vec<Gc<'gc, u64>>, GcRefLock<'gc, Vec<GcWeak<'gc, u64>>>);

pub(super) struct Finalized(Arena<Rootable![Tables<'_>]>);

impl Replacing for Finalized {
    fn new() -> Self {
        Self(Arena::new(|mc| (Vec::new(), Gc::new(mc, RefLock::new(Vec::new())))))
    }

    fn batch(&mut self, steps: &mut Steps) {
        self.0.mutate_root(|mc, (table, watched)| {
            let mut watched = watched.borrow_mut(mc);
            let make = |number| {
                let object = Gc::new(mc, number);
                watched.push(Gc::downgrade(object));
                object
            };
            steps.each(table, make, |object| **object);
        });
        if let Some(marked) = self.0.mark_debt() {
            marked.finalize(|fc, (_, watched)| {
                watched.borrow_mut(fc).retain(|weak| {
                    let dead = if weak.is_dead(fc) { weak.resurrect(fc) } else { None };
                    dead.inspect(|object| finalize(**object)).is_none()
                });
            });
            if let Some(marked) = self.0.finish_marking() {
                MarkedArena::start_sweeping(marked);
            }
        }
        self.0.cycle_debt();
    }
}
