//! Objects with a destructor of the program's own. An operation makes one in the place of another at random; what died is
//! destroyed when the peer does that, within the time.

use std::hint::black_box;

use serde_json::Value;

use super::BATCH;
use crate::measuring::{Size, Watch};
use crate::random::Random;

/// Objects that live.
const LIVE: usize = 10_000;

/// What has a destructor.
pub(crate) struct Resource(pub(crate) u64);

impl Drop for Resource {
    fn drop(&mut self) {
        black_box(self.0);
    }
}

/// Resources in a heap.
pub(crate) trait Destructors {
    fn new() -> Self;
    /// Has `steps` work on the table. One mutation.
    fn batch(&mut self, steps: &mut Steps);
}

/// What is to be done with the table.
pub(crate) struct Steps {
    random: Random,
    watch: Watch,
    made: u64,
    checksum: u64,
}

impl Steps {
    /// Replaces objects of the table, which `make` makes and `number` looks at.
    pub(crate) fn each<P>(
        &mut self,
        table: &mut Vec<P>,
        make: impl Fn(Resource) -> P,
        number: impl Fn(&P) -> u64,
    ) {
        for _ in 0..BATCH {
            let object = make(Resource(self.made));
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

pub(crate) fn run<P: Destructors>(size: Size) -> Value {
    let batches = size.of(100_000, 5_000);
    let mut peer = P::new();
    let mut steps = Steps { random: Random::new(), watch: Watch::start(), made: 0, checksum: 0 };
    (0..batches).for_each(|_| peer.batch(&mut steps));
    steps.watch.result(batches * BATCH, true, steps.checksum)
}
