//! A table of objects, with a weak pointer beside each. An operation puts an object in the place of one at random, makes a
//! weak pointer to it, and follows four others at random, of which no object has died.

use serde_json::Value;

use super::BATCH;
use crate::measuring::{Size, Watch};
use crate::random::Random;

/// Objects with weak pointers in a heap.
pub(crate) trait Weak {
    fn new() -> Self;
    /// Has `steps` work on the table. One mutation.
    fn batch(&mut self, steps: &mut Steps);
}

/// The table while it is worked on.
pub(crate) trait Table {
    /// Puts an object with this number and a weak pointer to it at this place; a place at the end is new.
    fn put(&mut self, place: usize, number: u64);
    /// The number of the object that the weak pointer at this place leads to.
    fn follow(&self, place: usize) -> u64;
}

/// What is to be done with the table.
pub(crate) struct Steps {
    random: Random,
    places: usize,
    made: usize,
    /// Not while the table is filled.
    watch: Option<Watch>,
    checksum: u64,
}

impl Steps {
    pub(crate) fn each(&mut self, table: &mut impl Table) {
        for _ in 0..BATCH {
            let number = self.made as u64;
            match &mut self.watch {
                None => table.put(self.made, number),
                Some(watch) => {
                    table.put(self.random.index(self.places), number);
                    for _ in 0..4 {
                        let found = table.follow(self.random.index(self.places));
                        self.checksum = self.checksum.wrapping_mul(31).wrapping_add(found);
                    }
                    watch.lap();
                }
            }
            self.made += 1;
        }
    }
}

pub(crate) fn run<P: Weak>(size: Size) -> Value {
    let places = size.of(100_000_u64, 20_000) / BATCH * BATCH;
    let operations = size.of(2_000_000, 100_000) / BATCH * BATCH;
    let table = usize::try_from(places).expect("64 bits");
    let mut steps = Steps { random: Random::new(), places: table, made: 0, watch: None, checksum: 0 };
    let mut peer = P::new();
    (0..places / BATCH).for_each(|_| peer.batch(&mut steps));
    steps.watch = Some(Watch::start());
    (0..operations / BATCH).for_each(|_| peer.batch(&mut steps));
    steps.watch.expect("started").result(operations, true, steps.checksum)
}
