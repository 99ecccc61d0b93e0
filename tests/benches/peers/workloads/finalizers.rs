//! Objects with a finalizer, which gets the object, of which each operation [replaces](super::replacing) one: what died is
//! finalized when the peer does that, within the time.

use std::hint::black_box;

/// What a finalizer does.
pub(crate) fn finalize(number: u64) {
    black_box(number);
}
