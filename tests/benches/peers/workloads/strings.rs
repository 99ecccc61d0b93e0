//! Documents: trees of nodes with a name of 8 to 60 bytes and a list of children. The last few of them live. An operation
//! makes one of 1365 nodes in the place of an older one, and reads one.

use serde_json::Value;

use crate::measuring::{Size, Watch};
use crate::random::Random;

/// Children of a node.
pub(crate) const CHILDREN: usize = 4;
/// Depth of a document.
pub(crate) const DEPTH: u32 = 5;
/// Documents that live.
pub(crate) const LIVE: usize = 256;

/// Documents in a heap.
pub(crate) trait Strings {
    fn new() -> Self;
    /// Makes a document at this place, of [`LIVE`]; a place at the end is new. Adds up the names of that at `read`. One
    /// mutation.
    fn replace(&mut self, place: usize, read: usize, random: &mut Random) -> u64;
}

/// A name.
pub(crate) fn name(random: &mut Random) -> &'static str {
    random.text(8, 60)
}

pub(crate) fn run<P: Strings>(size: Size) -> Value {
    let operations = size.of(6000_u64, 600);
    let mut peer = P::new();
    let mut random = Random::new();
    let mut checksum = 0;
    for place in 0..LIVE {
        checksum += peer.replace(place, place, &mut random);
    }
    let mut watch = Watch::start();
    for _ in 0..operations {
        let (place, read) = (random.index(LIVE), random.index(LIVE));
        checksum += peer.replace(place, read, &mut random);
        watch.lap();
    }
    // Too few for the times of the slowest among thousands.
    watch.result(operations, false, checksum)
}
