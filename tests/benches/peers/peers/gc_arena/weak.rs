//! Weak pointers.

use gc_arena::{Arena, Gc, GcWeak, Mutation, Rootable};

use crate::workloads::weak;

type Entries<'gc> = Vec<(Gc<'gc, u64>, GcWeak<'gc, u64>)>;

struct Open<'m, 'gc>(&'m Mutation<'gc>, &'m mut Entries<'gc>);

impl weak::Table for Open<'_, '_> {
    fn put(&mut self, place: usize, number: u64) {
        let object = Gc::new(self.0, number);
        let entry = (object, Gc::downgrade(object));
        match self.1.get_mut(place) {
            Some(known) => *known = entry,
            None => self.1.push(entry),
        }
    }

    fn follow(&self, place: usize) -> u64 {
        *self.1[place].1.upgrade(self.0).expect("the object lives")
    }
}

pub(super) struct Watched(Arena<Rootable![Entries<'_>]>);

impl weak::Weak for Watched {
    fn new() -> Self {
        Self(Arena::new(|_| Vec::new()))
    }

    fn batch(&mut self, steps: &mut weak::Steps) {
        self.0.mutate_root(|mc, table| steps.each(&mut Open(mc, table)));
        self.0.collect_debt();
    }
}
