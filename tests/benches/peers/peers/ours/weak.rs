//! Weak pointers, in the heap as what they lead to.

use gc::{Gc, GcRefCell, Mutation, Mutator, RefMut, Root, WeakGc};

use crate::workloads::weak;

type Entries<'gc> = Vec<(Gc<'gc, u64>, WeakGc<'gc, u64>)>;

struct Open<'m, 'gc>(&'m Mutation<'gc>, RefMut<'m, Entries<'gc>>);

impl weak::Table for Open<'_, '_> {
    fn put(&mut self, place: usize, number: u64) {
        let object = Gc::new(self.0, number);
        let entry = (object, Gc::downgrade(object, self.0));
        match self.1.get_mut(place) {
            Some(known) => *known = entry,
            None => self.1.push(entry),
        }
    }

    fn follow(&self, place: usize) -> u64 {
        *self.1[place].1.upgrade(self.0).expect("the object lives")
    }
}

pub(super) struct Watched {
    heap: Mutator,
    table: Root<GcRefCell<Entries<'static>>>,
}

impl weak::Weak for Watched {
    fn new() -> Self {
        let mut heap = super::heap();
        let table = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Vec::new()))));
        Self { heap, table }
    }

    fn batch(&mut self, steps: &mut weak::Steps) {
        self.heap.mutate(|mc| {
            let table = self.table.get(mc);
            steps.each(&mut Open(mc, Gc::as_ref(table).borrow_mut(mc)));
        });
    }
}
