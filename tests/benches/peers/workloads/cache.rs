//! A cache: a hash map in one cell of the heap, from keys to entries that own 100 to 200 bytes. Keys come in order, and
//! the oldest go: the map holds a moving window. An operation inserts at the next key, removes the oldest, looks up two
//! at random and overwrites one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Deref;

use serde_json::Value;

use super::BATCH;
use crate::measuring::{Size, Watch};
use crate::random::{Random, weight};

/// The map, of pointers to entries.
pub(crate) type Map<P> = HashMap<u64, P, BuildHasherDefault<KeyHasher>>;

/// Spreads keys by a multiplication, as hashing is not what is measured.
#[derive(Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are numbers");
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A map in a heap, with room for this window.
pub(crate) trait Cache {
    fn new(window: usize) -> Self;
    /// Has `steps` work on the map, with a function that makes entries of texts. One mutation.
    fn batch(&mut self, steps: &mut Steps);
}

/// An empty map that is never made larger.
pub(crate) fn map<P>(window: usize) -> Map<P> {
    Map::with_capacity_and_hasher(window / 4 * 5, BuildHasherDefault::default())
}

/// What is to be done with the map.
pub(crate) struct Steps {
    random: Random,
    next: u64,
    window: u64,
    /// Not while the window is filled.
    watch: Option<Watch>,
    checksum: u64,
}

impl Steps {
    pub(crate) fn each<P: Deref<Target: AsRef<str>>>(
        &mut self,
        map: &mut Map<P>,
        mut make: impl FnMut(&str) -> P,
    ) {
        for _ in 0..BATCH {
            map.insert(self.next, make(self.random.text(100, 200)));
            self.next += 1;
            if let Some(watch) = &mut self.watch {
                let oldest = self.next - self.window;
                map.remove(&(oldest - 1));
                for _ in 0..2 {
                    let found = &map[&(oldest + self.random.below(self.window))];
                    self.checksum = self.checksum.wrapping_add(weight((**found).as_ref()));
                }
                map.insert(oldest + self.random.below(self.window), make(self.random.text(100, 200)));
                watch.lap();
            }
        }
    }
}

pub(crate) fn run<P: Cache>(size: Size) -> Value {
    let window: u64 = size.of(2_000_000, 250_000) / BATCH * BATCH;
    let mut peer = P::new(usize::try_from(window).expect("64 bits"));
    let mut steps = Steps { random: Random::new(), next: 0, window, watch: None, checksum: 0 };
    (0..window / BATCH).for_each(|_| peer.batch(&mut steps));
    steps.watch = Some(Watch::start());
    (0..window / BATCH).for_each(|_| peer.batch(&mut steps));
    steps.watch.expect("started").result(window, true, steps.checksum)
}
