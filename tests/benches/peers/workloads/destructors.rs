//! Objects with a destructor of the program's own, of which each operation replaces one: what died is destroyed when the peer
//! does that, within the time.

use std::hint::black_box;

use serde_json::Value;

use super::replacing::{self, Steps};
use crate::measuring::Size;

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

pub(crate) fn run<P: Destructors>(size: Size) -> Value {
    let mut peer = P::new();
    replacing::run(size, |steps| peer.batch(steps))
}
