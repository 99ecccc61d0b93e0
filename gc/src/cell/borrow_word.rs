//! The word that guards a [`GcRefCell`](super::GcRefCell): the identity of the mutator that the cell is bound to, and
//! its borrows.
//!
//! Only that mutator's thread writes the word, with plain instructions, while it is bound. Another mutator takes
//! the cell over (*adopts* it) when the owner has ended or is outside of any mutation and no borrow is out;
//! then nothing can refer to the contents, as no borrow outlives its mutation, and the owner's thread cannot
//! enter while it is held at its gate.
//!
//! ```text
//! bits 63 .. 24   identity of the mutator, 0 while no thread has borrowed
//! bits 23 .. 0    shared borrows, or all ones for an exclusive one
//! ```
//!
//! # Invariants
//!
//! 1. A word with borrows belongs to a mutator that is inside a mutation, or to a leaked guard, which keeps
//!    the cell locked for ever.
//! 2. Only the owner's thread changes a word with an owner, but for adoption.

use super::borrow_error::BorrowError;
use super::borrow_place;
use crate::mutator::{Adoption, MutatorId};
use crate::sync::{AtomicU64, Ordering};

/// Bits for borrows, below the owner.
const COUNT_BITS: u32 = 64 - MutatorId::BITS;
/// The borrows of a word; as a count: an exclusive borrow.
const EXCLUSIVE: u64 = (1 << COUNT_BITS) - 1;

/// How a word is borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Borrowed {
    Not,
    Shared,
    Exclusive,
}

/// See the module. What takes a word over from another mutator is passed in: it runs a closure while the owner, given
/// by its number, is certain to be outside, or tells that it is not.
#[derive(Debug)]
pub(super) struct BorrowWord(AtomicU64);

impl BorrowWord {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds a shared borrow.
    #[cfg_attr(debug_assertions, track_caller)]
    #[inline]
    pub(super) fn borrow(
        &self,
        id: MutatorId,
        adopt: impl Fn(u64, &mut dyn FnMut()) -> Adoption,
    ) -> Result<(), BorrowError> {
        let word = self.bind(id, adopt)?;
        // One more would be an exclusive borrow.
        if word & EXCLUSIVE >= EXCLUSIVE - 1 {
            return Err(self.conflict(word));
        }
        if word & EXCLUSIVE == 0 {
            borrow_place::note(self);
        }
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        self.0.store(word + 1, Ordering::Relaxed);
        Ok(())
    }

    /// Adds a shared borrow beside one of this thread.
    ///
    /// # Panics
    ///
    /// There are as many as can be counted.
    #[inline]
    pub(super) fn borrow_again(&self) {
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        let word = self.0.load(Ordering::Relaxed);
        // One more would be an exclusive borrow.
        assert!(word & EXCLUSIVE < EXCLUSIVE - 1, "the cell is borrowed as often as can be counted");
        self.0.store(word + 1, Ordering::Relaxed);
    }

    /// Adds an exclusive borrow.
    #[cfg_attr(debug_assertions, track_caller)]
    #[inline]
    pub(super) fn borrow_exclusively(
        &self,
        id: MutatorId,
        adopt: impl Fn(u64, &mut dyn FnMut()) -> Adoption,
    ) -> Result<(), BorrowError> {
        let word = self.bind(id, adopt)?;
        if word & EXCLUSIVE != 0 {
            return Err(self.conflict(word));
        }
        borrow_place::note(self);
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        self.0.store(word | EXCLUSIVE, Ordering::Relaxed);
        Ok(())
    }

    /// Whether this thread could borrow now. As long as it is inside its mutation no other one may then borrow exclusively.
    #[inline]
    pub(super) fn allows_reading(
        &self,
        id: MutatorId,
        adopt: impl Fn(u64, &mut dyn FnMut()) -> Adoption,
    ) -> Result<(), BorrowError> {
        let word = self.bind(id, adopt)?;
        if word & EXCLUSIVE == EXCLUSIVE { Err(self.conflict(word)) } else { Ok(()) }
    }

    /// Whether this thread could borrow exclusively now. As long as it is inside its mutation no other one may then borrow.
    #[inline]
    pub(super) fn allows_writing(
        &self,
        id: MutatorId,
        adopt: impl Fn(u64, &mut dyn FnMut()) -> Adoption,
    ) -> Result<(), BorrowError> {
        let word = self.bind(id, adopt)?;
        if word & EXCLUSIVE == 0 { Ok(()) } else { Err(self.conflict(word)) }
    }

    /// Ends a shared borrow of this thread.
    #[inline]
    pub(super) fn release(&self) {
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        let word = self.0.load(Ordering::Relaxed);
        self.0.store(word - 1, Ordering::Relaxed);
    }

    /// Ends the exclusive borrow of this thread.
    #[inline]
    pub(super) fn release_exclusive(&self) {
        // Relaxed: only this thread writes the word while it owns it (invariant 2).
        let word = self.0.load(Ordering::Relaxed);
        self.0.store(word & !EXCLUSIVE, Ordering::Relaxed);
    }

    /// Why a word with these borrows cannot be borrowed.
    #[cold]
    fn conflict(&self, word: u64) -> BorrowError {
        BorrowError::Borrowed { exclusive: word & EXCLUSIVE == EXCLUSIVE, taken: borrow_place::find(self) }
    }

    /// A hint for people.
    pub(super) fn borrowed(&self) -> Borrowed {
        match self.0.load(Ordering::Relaxed) & EXCLUSIVE {
            0 => Borrowed::Not,
            EXCLUSIVE => Borrowed::Exclusive,
            _ => Borrowed::Shared,
        }
    }

    /// Reads the word as its owner's thread, or makes this thread the owner.
    #[inline]
    fn bind(
        &self,
        id: MutatorId,
        adopt: impl Fn(u64, &mut dyn FnMut()) -> Adoption,
    ) -> Result<u64, BorrowError> {
        // Relaxed: a word with our identity was written by this thread; any other is looked at below.
        let word = self.0.load(Ordering::Relaxed);
        if word >> COUNT_BITS == id.number() { Ok(word) } else { self.bind_slow(id, &adopt) }
    }

    #[cold]
    fn bind_slow(
        &self,
        id: MutatorId,
        adopt: &dyn Fn(u64, &mut dyn FnMut()) -> Adoption,
    ) -> Result<u64, BorrowError> {
        let mine = id.number() << COUNT_BITS;
        loop {
            // Acquire: pairs with the release of the exchange by which another thread takes the cell.
            let word = self.0.load(Ordering::Acquire);
            let exchange = || {
                // Acquire and release: pairs with the exchange of the next owner. What the last owner did it
                // did before leaving its mutation, which `adopt` orders before this.
                self.0.compare_exchange(word, mine, Ordering::AcqRel, Ordering::Acquire)
            };
            let owner = word >> COUNT_BITS;
            if owner == 0 {
                if exchange().is_ok() {
                    return Ok(mine);
                }
                continue;
            }
            if owner == id.number() {
                return Ok(word);
            }
            let (mut taken, mut leaked) = (false, false);
            let take_over = &mut || {
                if word & EXCLUSIVE == 0 {
                    taken = exchange().is_ok();
                } else {
                    // A borrow of an owner who is outside is a leaked guard (invariant 1). To be looked at now, while
                    // the owner can do nothing: later it may have come back, and have borrowed as before.
                    // Acquire: as above.
                    leaked = self.0.load(Ordering::Acquire) == word;
                }
            };
            match adopt(owner, take_over) {
                Adoption::OwnerInside(thread) => return Err(BorrowError::OwnedBy { thread }),
                Adoption::Done if taken => return Ok(mine),
                Adoption::Done if leaked => return Err(self.conflict(word)),
                // The owner borrowed or another thread was faster: look again.
                Adoption::Done => {}
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::cell::Cell;

    use super::{BorrowError, BorrowWord};
    use crate::mutator::{Adoption, Core, record_of_this_thread};
    use crate::options::Options;

    fn nobody(_: u64, _: &mut dyn FnMut()) -> Adoption {
        unreachable!("the word is free, or the mutator's own")
    }

    /// An owner that leaves, comes back and borrows as before, just when another mutator looks, has leaked no guard.
    #[test]
    fn a_borrow_that_comes_again_is_no_leak() {
        let cores = [(); 2].map(|()| Core::new(Options::default()));
        let [owner, other] = cores.each_ref().map(|core| record_of_this_thread(core).id);
        let (word, looks) = (BorrowWord::new(), Cell::new(0));
        word.borrow_exclusively(owner, nobody).unwrap();
        let adopt = |_, take_over: &mut dyn FnMut()| {
            looks.set(looks.get() + 1);
            word.release_exclusive();
            take_over();
            if looks.get() == 1 {
                word.borrow_exclusively(owner, nobody).unwrap();
            }
            Adoption::Done
        };
        // Two looks have met a borrow that then ended; the third one finds none.
        assert!(word.borrow_exclusively(other, adopt).is_ok());
        assert_eq!(looks.get(), 3);
        word.release_exclusive();
        // This one is a leak.
        word.borrow(other, nobody).unwrap();
        let adopt = |_, take_over: &mut dyn FnMut()| {
            take_over();
            Adoption::Done
        };
        assert!(matches!(word.borrow(owner, adopt), Err(BorrowError::Borrowed { .. })));
    }
}
