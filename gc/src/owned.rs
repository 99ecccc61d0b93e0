//! What objects own elsewhere, in sum: the capacity of their vectors, strings and maps.
//!
//! Of most objects that is known at their birth and never changes; they are *settled*. It is added when one is made and taken
//! off when one is found dead. What lies in cells *changes*: what each borrow changes in the container itself is added when
//! the borrow ends, and what it changes in the depth is found when the next cycle marks, which asks all of these objects and
//! so puts the sum right. What foreign libraries own, as [`External`](crate::External) says, is *external*.
//!
//! # Invariants
//!
//! When no mutation is open, and all spans are swept:
//!
//! 1. `settled_born - settled_gone` is what all settled objects own that are not dead.
//! 2. `changing_base + changing_born`, right after a cycle, is what all others own.
//!
//! Some bytes may be on their way, up to about [`TOLD_AT`] for each class and each thread that is inside a mutation.
//!
//! All relaxed: nothing is concluded from a sum about anything else.

use crate::sync::Ordering;
use crate::sync::fixed::{AtomicBool, AtomicI64};

/// How much a thread has to tell before it does so in the middle of a mutation.
pub(crate) const TOLD_AT: i64 = 64 << 10;

/// The most that one object counts for, a tebibyte: so little that millions of them do not overflow a sum.
const MOST: usize = 1 << 40;

/// A number of bytes that can be summed up.
#[inline]
pub(crate) fn summand(bytes: usize) -> i64 {
    bytes.min(MOST).cast_signed() as i64
}

/// Whether what an object owns may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owned {
    Settled,
    Changing,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct OwnedSums {
    /// What settled objects owned when they were made.
    settled_born: AtomicI64,
    /// What those owned that have been found dead.
    settled_gone: AtomicI64,
    /// What others owned when they were made, and by how much it has changed since.
    changing_born: AtomicI64,
    /// What the last cycle has found of others beyond that.
    changing_base: AtomicI64,
    /// What the dead own that wait for their destructors.
    doomed: AtomicI64,
    external: AtomicI64,
    /// Whether a sweep has ended that nobody has heard of.
    swept: AtomicBool,
}

fn read(sum: &AtomicI64) -> i64 {
    sum.load(Ordering::Relaxed)
}

/// A sum of which some bytes may be on their way.
fn at_least_zero(sum: i64) -> u64 {
    u64::try_from(sum).unwrap_or(0)
}

impl OwnedSums {
    /// Adds what new objects own, or by how much others have grown.
    pub(crate) fn note(&self, kind: Owned, bytes: i64) {
        if bytes != 0 {
            let sum = if kind == Owned::Settled { &self.settled_born } else { &self.changing_born };
            sum.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// Takes off what settled objects own that were found dead.
    pub(crate) fn note_gone(&self, bytes: i64) {
        if bytes != 0 {
            self.settled_gone.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// Adds what objects own that wait for their destructors, or, if negative, have been dropped.
    pub(crate) fn note_doomed(&self, bytes: i64) {
        if bytes != 0 {
            self.doomed.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    pub(crate) fn note_external(&self, bytes: i64) {
        self.external.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A cycle has found that all changing objects own so much. The world is stopped.
    pub(crate) fn recount(&self, found: u64) {
        let found = i64::try_from(found).unwrap_or(i64::MAX);
        self.changing_base.store(found.saturating_sub(read(&self.changing_born)), Ordering::Relaxed);
    }

    /// Notes that all is swept.
    pub(crate) fn note_swept(&self) {
        self.swept.store(true, Ordering::Relaxed);
    }

    /// Whether a sweep has ended: true once.
    pub(crate) fn take_swept(&self) -> bool {
        self.swept.load(Ordering::Relaxed) && self.swept.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn settled_born(&self) -> i64 {
        read(&self.settled_born)
    }

    /// What those settled objects own, of the ones that were born when `settled_born` was `born`, that are not gone.
    pub(crate) fn settled_of(&self, born: i64) -> u64 {
        at_least_zero(born.wrapping_sub(read(&self.settled_gone)))
    }

    /// What settled objects own.
    pub(crate) fn settled(&self) -> u64 {
        self.settled_of(self.settled_born())
    }

    /// What objects own that may own more or less later.
    pub(crate) fn changing(&self) -> u64 {
        at_least_zero(read(&self.changing_base).saturating_add(read(&self.changing_born)))
    }

    pub(crate) fn external(&self) -> u64 {
        at_least_zero(read(&self.external))
    }

    /// What the dead own that wait for their destructors.
    pub(crate) fn doomed(&self) -> u64 {
        at_least_zero(read(&self.doomed))
    }

    /// What all objects own, but for the dead.
    pub(crate) fn total(&self) -> u64 {
        self.settled().saturating_add(self.changing()).saturating_add(self.external())
    }

    /// What was added since the heap was made: grows as long as objects are made, whatever dies.
    pub(crate) fn added(&self) -> u64 {
        at_least_zero(self.settled_born().saturating_add(read(&self.changing_born)))
            .saturating_add(self.external())
    }
}
