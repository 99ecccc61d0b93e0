//! The colour of new objects: white in the ordinary build, where nothing is made while a cycle marks; black while a
//! cycle marks between mutations, so that it need not look for them.

use crate::sync::{AtomicBool, AtomicU64, Ordering};
use crate::zeal::ZEAL;

/// See the module. The colour changes only while the world is stopped, which orders it for mutators.
#[derive(Debug, Default)]
pub(crate) struct Birth {
    black: AtomicBool,
    /// Cycles that have marked between mutations.
    cycle: AtomicU64,
    /// Objects that were born black in this cycle.
    objects: AtomicU64,
    /// Bytes of their slots.
    bytes: AtomicU64,
}

impl Birth {
    /// Whether a cycle is marking between mutations.
    #[inline]
    pub(crate) fn is_black(&self) -> bool {
        // Relaxed: see above.
        ZEAL && self.black.load(Ordering::Relaxed)
    }

    /// From now on objects are born black.
    ///
    /// # Safety
    ///
    /// The world is stopped, mutators' claims have ended, and a cycle begins to mark.
    pub(crate) unsafe fn blacken(&self) {
        self.cycle.fetch_add(1, Ordering::Relaxed);
        self.black.store(true, Ordering::Relaxed);
    }

    /// The number of the cycle that is marking.
    pub(crate) fn cycle(&self) -> u64 {
        // Relaxed: see above.
        self.cycle.load(Ordering::Relaxed)
    }

    /// From now on objects are born white; how many objects, of how many bytes, were born black. At a stop, when all
    /// claims have ended.
    pub(crate) fn whiten(&self) -> (u64, u64) {
        self.black.store(false, Ordering::Relaxed);
        // Relaxed, both: written before the world was stopped.
        (self.objects.swap(0, Ordering::Relaxed), self.bytes.swap(0, Ordering::Relaxed))
    }

    /// Notes that slots were marked for their new objects.
    pub(super) fn note(&self, objects: u64, slot_bytes: u64) {
        self.objects.fetch_add(objects, Ordering::Relaxed);
        self.bytes.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    /// Takes back that a slot was marked: there is no new object in it.
    pub(super) fn forget(&self, slot_bytes: u64) {
        self.objects.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(slot_bytes, Ordering::Relaxed);
    }
}
