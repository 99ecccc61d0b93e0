//! Objects whose type has a `Drop`.

use gc::{Gc, GcRefCell, Mutator, Root, Trace};

use crate::workloads::destructors::Resource;
use crate::workloads::replacing::{Replacing, Steps};

#[derive(Trace)]
struct Owner {
    #[trace(static)]
    resource: Resource,
}

pub(super) struct Resources {
    heap: Mutator,
    table: Root<GcRefCell<Vec<Gc<'static, Owner>>>>,
}

impl Replacing for Resources {
    fn new() -> Self {
        let mut heap = super::heap();
        let table = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Vec::new()))));
        Self { heap, table }
    }

    fn batch(&mut self, steps: &mut Steps) {
        self.heap.mutate(|mc| {
            let table = self.table.get(mc);
            let make = |number| Gc::new(mc, Owner { resource: Resource(number) });
            steps.each(&mut table.borrow_mut(mc), make, |object| object.resource.0);
        });
    }
}
