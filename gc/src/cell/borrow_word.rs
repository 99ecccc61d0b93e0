//! The word that guards a [`GcRefCell`](super::GcRefCell): who has borrowed it, in two halves.
//!
//! ```text
//! own     bits 31 .. 20   the number of the owner: the mutator that borrowed first; 0 for none
//!         bits 19 .. 0    borrows of the owner's, or all ones for an exclusive one
//! shared  bit  31         another mutator has been here: all borrow in this half
//!         bit  30         that has been settled with the owner
//!         bits 29 .. 0    borrows, or all ones for an exclusive one
//! ```
//!
//! The owner writes `own` with plain instructions as long as its [bias](Bias) is live and nothing is in `shared`. A mutator
//! that comes to the cell of another one marks it and settles the bias of the owner. Then all mutators, the owner too,
//! borrow in `shared`, with locked instructions; what the owner has borrowed before stays in `own` until it ends. A
//! collection forgets both in cells that it traces, so the next one to come is the owner.
//!
//! # Invariants
//!
//! 1. Only the owner writes `own`, and only inside a mutation; who finds no owner becomes it by an exchange, before it looks
//!    at `shared`, and steps back if there is something. A collection writes both while no thread is inside.
//! 2. While the second bit of `shared` is set the owner borrows nothing in `own`. It may write a borrow, find that it is too
//!    late, and take it back: an attempt by another thread at this very moment may be refused for that.
//! 3. A half is borrowed exclusively only while the other one is not borrowed.

use super::borrow_error::BorrowError;
use super::borrow_place;
use crate::mutator::Bias;
use crate::mutator::bias::COUNT_BITS;
use crate::os::fence;
use crate::sync::{AtomicU32, Ordering, fence as full_fence, is_left_out};

/// The borrows in `own`; as a count: an exclusive borrow.
const OWN_EXCLUSIVE: u32 = (1 << COUNT_BITS) - 1;

/// Another mutator has been at the cell.
const MARKED: u32 = 1 << 31;
/// The owner borrows in `shared`, too.
const SETTLED: u32 = 1 << 30;
/// The borrows in `shared`; as a count: an exclusive borrow.
const SHARED_EXCLUSIVE: u32 = SETTLED - 1;

/// How a word is borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Borrowed {
    Not,
    Shared,
    Exclusive,
}

/// A half of the word, where a borrow is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Own,
    Shared,
}

/// What a mutator asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Shared,
    Exclusive,
}

impl Kind {
    /// The borrows of a half with one more, if that can be.
    fn added_to(self, borrows: u32, exclusive: u32) -> Option<u32> {
        match self {
            // One more would be an exclusive borrow.
            Self::Shared => (borrows < exclusive - 1).then_some(borrows + 1),
            Self::Exclusive => (borrows == 0).then_some(exclusive),
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct BorrowWord {
    own: AtomicU32,
    shared: AtomicU32,
}

impl BorrowWord {
    #[cfg(not(loom))]
    pub(super) const fn new() -> Self {
        Self { own: AtomicU32::new(0), shared: AtomicU32::new(0) }
    }

    #[cfg(loom)]
    pub(super) fn new() -> Self {
        Self { own: AtomicU32::new(0), shared: AtomicU32::new(0) }
    }

    /// Adds a shared borrow of the mutator with this bias; in which half.
    #[cfg_attr(debug_assertions, track_caller)]
    #[inline]
    pub(super) fn borrow(&self, bias: &Bias) -> Result<Half, BorrowError> {
        let (live, own) = (bias.state(), self.own());
        // Both in one: the mutator is the owner and its bias is live, and one borrow more is no exclusive one.
        if own ^ live < OWN_EXCLUSIVE - 1 {
            if !self.try_in_own(bias, live, own + 1) {
                return self.borrow_elsewhere(bias, own, Kind::Shared);
            }
            if own == live {
                borrow_place::note(self, bias.number());
            }
            return Ok(Half::Own);
        }
        self.borrow_slow(bias, Kind::Shared)
    }

    /// Adds an exclusive borrow of the mutator with this bias; in which half.
    #[cfg_attr(debug_assertions, track_caller)]
    #[inline]
    pub(super) fn borrow_exclusively(&self, bias: &Bias) -> Result<Half, BorrowError> {
        let (live, own) = (bias.state(), self.own());
        // All in one: the mutator is the owner, its bias is live, and it has borrowed nothing.
        if own == live {
            if !self.try_in_own(bias, live, own | OWN_EXCLUSIVE) {
                return self.borrow_elsewhere(bias, own, Kind::Exclusive);
            }
            borrow_place::note(self, bias.number());
            return Ok(Half::Own);
        }
        self.borrow_slow(bias, Kind::Exclusive)
    }

    /// Writes a borrow of the owner, whose bias was live; false if it is to be taken back.
    #[inline]
    fn try_in_own(&self, bias: &Bias, live: u32, with_borrow: u32) -> bool {
        self.set_own(with_borrow);
        // Pairs with the heavy fence of who settles the bias; see there.
        fence::free();
        // Acquire: pairs with the release at the end of borrows in `shared`.
        bias.state() == live && self.shared.load(Ordering::Acquire) == 0
    }

    /// Adds a borrow of the owner, which has just written one in vain where `own` was.
    #[cfg_attr(debug_assertions, track_caller)]
    #[cold]
    fn borrow_elsewhere(&self, bias: &Bias, own: u32, kind: Kind) -> Result<Half, BorrowError> {
        self.set_own(own);
        self.borrow_slow(bias, kind)
    }

    #[cfg_attr(debug_assertions, track_caller)]
    #[cold]
    fn borrow_slow(&self, bias: &Bias, kind: Kind) -> Result<Half, BorrowError> {
        loop {
            // Acquire: pairs with the release in `mark`: what the owner has borrowed is seen.
            let shared = self.shared.load(Ordering::Acquire);
            if shared & SETTLED != 0 {
                return self.borrow_in_shared(bias, kind);
            }
            let own = self.own();
            match (bias.live(), own & !OWN_EXCLUSIVE) {
                (Some(live), 0) if shared == 0 => self.bind(live),
                (Some(live), owner) if shared == 0 && owner == live => {
                    let with_borrow = kind.added_to(own & OWN_EXCLUSIVE, OWN_EXCLUSIVE);
                    let Some(with_borrow) = with_borrow else { return Err(self.conflict(bias, own)) };
                    if self.try_in_own(bias, live, live | with_borrow) {
                        borrow_place::note(self, bias.number());
                        return Ok(Half::Own);
                    }
                    self.set_own(own);
                }
                _ => self.mark(bias),
            }
        }
    }

    /// Makes a mutator, whose bias is live, the owner of a cell that has none.
    fn bind(&self, live: u32) {
        // Acquire and release: pairs with the owner's releases, if there has been one that a collection forgot.
        if self.own.compare_exchange(0, live, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            // Pairs with the one in `mark`: who marks the cell sees the owner, or this sees the mark. (In models the light
            // fence of the borrow that follows does for it.)
            full_fence(Ordering::SeqCst);
            if self.shared.load(Ordering::Relaxed) != 0 {
                self.set_own(0);
            }
        }
    }

    /// Makes all mutators borrow in `shared`, the owner too.
    fn mark(&self, bias: &Bias) {
        // Relaxed: the fence follows.
        self.shared.fetch_or(MARKED, Ordering::Relaxed);
        // Pairs with the one in `bind`, and with that of an owner who revives its bias. (In models, whose light
        // fences are whole ones, it does for the heavy one, too.)
        if !is_left_out("heavy fence") {
            full_fence(Ordering::SeqCst);
        }
        bias.all().settle(self.own() >> COUNT_BITS);
        // Release: pairs with the acquire in `borrow_slow`.
        self.shared.fetch_or(SETTLED, Ordering::Release);
    }

    #[cfg_attr(debug_assertions, track_caller)]
    fn borrow_in_shared(&self, bias: &Bias, kind: Kind) -> Result<Half, BorrowError> {
        let own = self.own();
        if own != 0 && own == bias.number() << COUNT_BITS {
            // So it does not try to borrow in `own` the next time.
            self.set_own(0);
        }
        let add = |shared| {
            let with_borrow = kind.added_to(shared & SHARED_EXCLUSIVE, SHARED_EXCLUSIVE)?;
            Some(shared & !SHARED_EXCLUSIVE | with_borrow)
        };
        // Acquire: pairs with the release by which a borrow ends.
        let added = self.shared.fetch_update(Ordering::Acquire, Ordering::Relaxed, add);
        let Ok(before) = added else { return Err(self.conflict(bias, 0)) };
        // What the owner had borrowed.
        let own = self.own();
        if kind.added_to(own & OWN_EXCLUSIVE, OWN_EXCLUSIVE).is_none() {
            self.take_off(kind);
            return Err(self.conflict(bias, own));
        }
        if before & SHARED_EXCLUSIVE == 0 {
            borrow_place::note(self, bias.number());
        }
        bias.tire();
        Ok(Half::Shared)
    }

    /// Adds a shared borrow beside one of this thread that is counted in the same half.
    ///
    /// # Panics
    ///
    /// There are as many as can be counted.
    #[inline]
    pub(super) fn borrow_again(&self, half: Half) {
        let exclusive = match half {
            Half::Own => OWN_EXCLUSIVE,
            Half::Shared => SHARED_EXCLUSIVE,
        };
        let add = |word: u32| Some(word & !exclusive | Kind::Shared.added_to(word & exclusive, exclusive)?);
        let added = match half {
            // Nobody can have come in between: a shared borrow is in `own`.
            Half::Own => add(self.own()).map(|own| self.set_own(own)),
            // Relaxed: the borrow that is there keeps writers away.
            Half::Shared => {
                self.shared.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).ok().map(|_| ())
            }
        };
        assert!(added.is_some(), "the cell is borrowed as often as can be counted");
    }

    /// Ends a shared borrow of this thread, counted in this half.
    #[inline]
    pub(super) fn release(&self, half: Half) {
        match half {
            Half::Own => self.end_in_own(self.own() - 1),
            Half::Shared => self.end(Kind::Shared),
        }
    }

    /// Ends the exclusive borrow of this thread, counted in this half.
    #[inline]
    pub(super) fn release_exclusive(&self, half: Half) {
        match half {
            Half::Own => self.end_in_own(self.own() & !OWN_EXCLUSIVE),
            Half::Shared => self.end(Kind::Exclusive),
        }
    }

    /// Ends a borrow of the owner's: what is left.
    #[inline]
    fn end_in_own(&self, left: u32) {
        if left & OWN_EXCLUSIVE == 0 {
            borrow_place::forget(self);
        }
        self.set_own(left);
    }

    /// Ends a borrow in `shared`. Cold, so that the code around guards is that of the other half.
    #[cold]
    fn end(&self, kind: Kind) {
        if self.take_off(kind) {
            borrow_place::forget(self);
        }
    }

    /// Takes a borrow off `shared`; whether it was the last one there.
    fn take_off(&self, kind: Kind) -> bool {
        // Release: pairs with the acquire of the next borrow.
        match kind {
            Kind::Shared => self.shared.fetch_sub(1, Ordering::Release) & SHARED_EXCLUSIVE == 1,
            Kind::Exclusive => {
                self.shared.fetch_and(!SHARED_EXCLUSIVE, Ordering::Release);
                true
            }
        }
    }

    /// Forgets the owner and that others came, if any did and nothing is borrowed.
    ///
    /// To be called while no thread is inside a mutation in which it can reach the cell.
    #[inline]
    pub(super) fn forget_sharing(&self) {
        // Relaxed: nobody else uses the word; the end of the stop orders this before what follows.
        if self.shared.load(Ordering::Relaxed) != 0 && self.borrowed() == Borrowed::Not {
            self.own.store(0, Ordering::Relaxed);
            self.shared.store(0, Ordering::Relaxed);
        }
    }

    /// Acquire: pairs with the release of `set_own`: what the owner did with the contents is seen, by others after they
    /// have settled with it, too. The owner reads what it has written.
    #[inline]
    fn own(&self) -> u32 {
        self.own.load(Ordering::Acquire)
    }

    /// By the owner (invariant 1).
    #[inline]
    fn set_own(&self, own: u32) {
        // Release: pairs with the acquire in `own`.
        self.own.store(own, Ordering::Release);
    }

    /// Why the mutator with this bias cannot borrow the word: because of what is in `own`, where that is not zero.
    #[cold]
    fn conflict(&self, bias: &Bias, own: u32) -> BorrowError {
        let noted = borrow_place::find(self);
        let mutator = noted.map_or(own >> COUNT_BITS, |(number, _)| number);
        BorrowError {
            exclusive: self.borrowed() == Borrowed::Exclusive,
            mutator,
            itself: mutator == bias.number(),
            taken: noted.map(|(_, place)| place),
        }
    }

    /// A hint for people.
    pub(super) fn borrowed(&self) -> Borrowed {
        let own = self.own.load(Ordering::Relaxed) & OWN_EXCLUSIVE;
        let shared = self.shared.load(Ordering::Relaxed) & SHARED_EXCLUSIVE;
        match (own, shared) {
            (0, 0) => Borrowed::Not,
            (OWN_EXCLUSIVE, _) | (_, SHARED_EXCLUSIVE) => Borrowed::Exclusive,
            _ => Borrowed::Shared,
        }
    }
}
