//! Objects with a finalizer, which gets the object, of which each operation replaces one: what died is finalized when the
//! peer does that, within the time.

use std::hint::black_box;

use serde_json::Value;

use super::replacing::{self, Steps};
use crate::measuring::Size;

/// What a finalizer does.
pub(crate) fn finalize(number: u64) {
    black_box(number);
}

/// Objects with finalizers in a heap.
pub(crate) trait Finalizers {
    fn new() -> Self;
    /// Has `steps` work on the table. One mutation.
    fn batch(&mut self, steps: &mut Steps);
}

pub(crate) fn run<P: Finalizers>(size: Size) -> Value {
    let mut peer = P::new();
    replacing::run(size, |steps| peer.batch(steps))
}
