//! A table of objects, of which each operation puts a new one in the place of another at random: for objects with
//! [destructors](super::destructors) and with [finalizers](super::finalizers).

use serde_json::Value;

use super::BATCH;
use crate::measuring::{Size, Watch};
use crate::random::Random;

/// Objects that live.
const LIVE: usize = 10_000;

/// What is to be done with the table.
pub(crate) struct Steps {
    random: Random,
    watch: Watch,
    made: u64,
    checksum: u64,
}

impl Steps {
    /// Replaces objects of the table, which `make` makes of numbers and `number` looks at.
    pub(crate) fn each<P>(
        &mut self,
        table: &mut Vec<P>,
        mut make: impl FnMut(u64) -> P,
        number: impl Fn(&P) -> u64,
    ) {
        for _ in 0..BATCH {
            let object = make(self.made);
            if table.len() < LIVE {
                table.push(object);
            } else {
                let old = std::mem::replace(&mut table[self.random.index(LIVE)], object);
                self.checksum = self.checksum.wrapping_mul(31).wrapping_add(number(&old));
            }
            self.made += 1;
            self.watch.lap();
        }
    }
}

/// A table in a heap.
pub(crate) trait Replacing {
    fn new() -> Self;
    /// Has `steps` work on the table. One mutation.
    fn batch(&mut self, steps: &mut Steps);
}

pub(crate) fn run<P: Replacing>(size: Size) -> Value {
    let batches = size.of(100_000, 5_000);
    let mut peer = P::new();
    let mut steps = Steps { random: Random::new(), watch: Watch::start(), made: 0, checksum: 0 };
    (0..batches).for_each(|_| peer.batch(&mut steps));
    steps.watch.result(batches * BATCH, true, steps.checksum)
}
