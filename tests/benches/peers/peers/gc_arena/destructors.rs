//! Objects whose type has a `Drop`.

use gc_arena::{Arena, Gc, Rootable, Static};

use crate::workloads::destructors::Resource;
use crate::workloads::replacing::{Replacing, Steps};

type Table = Rootable![Vec<Gc<'_, Static<Resource>>>];

pub(super) struct Resources(Arena<Table>);

impl Replacing for Resources {
    fn new() -> Self {
        Self(Arena::new(|_| Vec::new()))
    }

    fn batch(&mut self, steps: &mut Steps) {
        self.0.mutate_root(|mc, table| {
            steps.each(table, |number| Gc::new(mc, Static(Resource(number))), |object| object.0.0);
        });
        self.0.collect_debt();
    }
}
