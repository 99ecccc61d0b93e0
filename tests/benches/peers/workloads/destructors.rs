//! Objects with a destructor of the program's own, of which each operation [replaces](super::replacing) one: what died is
//! destroyed when the peer does that, within the time.

use std::hint::black_box;

/// What has a destructor.
pub(crate) struct Resource(pub(crate) u64);

impl Drop for Resource {
    fn drop(&mut self) {
        black_box(self.0);
    }
}
