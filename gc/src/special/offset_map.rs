//! Maps by offset or number: the standard library's, with a hash that costs a multiplication.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

/// A map by offset in a span, or by a number that was counted up.
pub(super) type OffsetMap<V> = HashMap<usize, V, BuildHasherDefault<Spread>>;

/// Spreads numbers that are near each other. Nobody outside of the heap chooses offsets so that they collide.
#[derive(Debug, Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn write_usize(&mut self, number: usize) {
        let spread = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // A table looks at the lowest bits and at the highest.
        self.0 = spread ^ spread >> 32;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are numbers");
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
