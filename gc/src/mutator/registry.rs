//! All mutators of the process, by identity, for cells that are bound to one.

use std::collections::BTreeMap;

use super::record::Record;
use super::thread::any_record;
use crate::sync::{LazyLock, Mutex, Ordering, Rank, fixed};

/// The identity of a mutator: never used again in this process, never zero, at most 40 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MutatorId(u64);

impl MutatorId {
    /// Bits that an identity takes.
    pub(crate) const BITS: u32 = 40;

    pub(super) fn next() -> Self {
        static NEXT: fixed::AtomicU64 = fixed::AtomicU64::new(1);
        // Relaxed: only uniqueness matters.
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(id < 1 << Self::BITS, "a process can attach threads to heaps 2^40 times");
        Self(id)
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// A record in the list of all.
#[derive(Debug)]
struct Listed(*const Record);

// SAFETY: only what other threads may touch is used through the list (`core`, `station`, the name), and records
// leave it before they go away.
unsafe impl Send for Listed {}

static MUTATORS: LazyLock<Mutex<BTreeMap<u64, Listed>>> =
    LazyLock::new(|| Mutex::new(Rank::Mutators, BTreeMap::new()));

/// Lists a mutator.
///
/// # Safety
///
/// The record stays alive and where it is until it is unlisted.
pub(super) unsafe fn list(record: &Record) {
    MUTATORS.lock().insert(record.id.0, Listed(record));
}

pub(super) fn unlist(id: MutatorId) {
    MUTATORS.lock().remove(&id.0);
}

/// Whether a cell bound to a mutator could be taken over.
#[derive(Debug)]
pub(crate) enum Adoption {
    /// The owner has ended or is outside; what was to be done has been done.
    Done,
    /// The owner is inside a mutation right now: the name of its thread.
    OwnerInside(String),
}

/// Runs `take_over` while it is certain that the mutator `owner` does nothing: it is not inside a mutation, and what it
/// did in its last one is seen; or it is another one of the calling thread.
pub(crate) fn adopt(owner: u64, take_over: &mut dyn FnMut()) -> Adoption {
    if any_record(|record| (record.id.0 == owner).then_some(())).is_some() {
        take_over();
        return Adoption::Done;
    }
    let mutators = MUTATORS.lock();
    let Some(&Listed(record)) = mutators.get(&owner) else {
        take_over();
        return Adoption::Done;
    };
    // SAFETY: listed records are alive while the list is locked.
    let core = unsafe { &(*record).core };
    // SAFETY: as above.
    match core.gate.hold(unsafe { &*record }, take_over) {
        Ok(()) => Adoption::Done,
        Err(thread) => Adoption::OwnerInside(thread),
    }
}
