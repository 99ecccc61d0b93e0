//! Many short lists which die as soon as they were looked through. An operation is a list of 1 to 32 cells.

use serde_json::Value;

use super::BATCH;
use crate::measuring::{Size, Watch};
use crate::random::Random;

/// Lists of cells of a number and a pointer.
pub(crate) trait ShortLists {
    fn new() -> Self;
    /// Has `lists` call a function with each length: it makes a list of the numbers below that and adds them up. One
    /// mutation.
    fn batch(&mut self, lists: &mut Lists);
}

/// What lists are to be made.
pub(crate) struct Lists {
    random: Random,
    watch: Watch,
    checksum: u64,
}

impl Lists {
    pub(crate) fn each(&mut self, mut sum_of_list: impl FnMut(u64) -> u64) {
        for _ in 0..BATCH {
            let length = 1 + self.random.below(32);
            self.checksum = self.checksum.wrapping_add(sum_of_list(length));
            self.watch.lap();
        }
    }
}

pub(crate) fn run<P: ShortLists>(size: Size) -> Value {
    let batches = size.of(80_000, 10_000);
    let mut peer = P::new();
    let mut lists = Lists { random: Random::new(), watch: Watch::start(), checksum: 0 };
    (0..batches).for_each(|_| peer.batch(&mut lists));
    lists.watch.result(batches * BATCH, true, lists.checksum)
}
