//! Objects with a finalizer each, which is called inside a mutation.

use gc::{Gc, GcRefCell, Mutator, Root};

use crate::workloads::finalizers::finalize;
use crate::workloads::replacing::{Replacing, Steps};

pub(super) struct Finalized {
    heap: Mutator,
    table: Root<GcRefCell<Vec<Gc<'static, u64>>>>,
}

impl Replacing for Finalized {
    fn new() -> Self {
        let mut heap = super::heap();
        let table = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Vec::new()))));
        Self { heap, table }
    }

    fn batch(&mut self, steps: &mut Steps) {
        self.heap.mutate(|mc| {
            let table = self.table.get(mc);
            let make = |number| {
                let object = Gc::new(mc, number);
                mc.set_finalizer_in(object, |_, object| finalize(*object)).expect("it has none");
                object
            };
            steps.each(&mut table.borrow_mut(mc), make, |object| **object);
        });
    }
}
