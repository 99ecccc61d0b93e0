//! Who holds a lock, and which locks a thread holds.
//!
//! A thread that would wait for itself, or for one that a `fork` has lost, is told so. Debug builds check the order of
//! [ranks](Rank).

use core::cell::Cell;

use super::Rank;

/// Whether ranks are checked. The threads of a model share one of the system's.
const IS_ORDERED: bool = cfg!(debug_assertions) && !cfg!(loom);

/// Ranks of the locks that a thread holds, as bits. Kept in debug builds only; the address names the thread.
#[derive(Debug)]
#[repr(align(64))]
struct ThreadHolds(Cell<u32>);

thread_local! {
    static HOLDS: ThreadHolds = const { ThreadHolds(Cell::new(0)) };
}

/// Bits of a [name](this_thread) that tell how often threads were lost.
const LOSSES: usize = align_of::<ThreadHolds>() - 1;

/// The name by which a lock knows the calling thread, never zero: the address of a thread-local of it, with the number of
/// times that threads were lost in the bits that are zero.
pub(super) fn this_thread() -> usize {
    let losses = crate::fork::losses() as usize & LOSSES;
    HOLDS.with(|holds| core::ptr::from_ref(holds).addr() | losses)
}

/// That whoever has a lock gives it back some day; zero if nobody has it.
///
/// # Panics
///
/// If not.
#[cfg(not(loom))]
pub(super) fn assert_ends(holder: usize) {
    let this = this_thread();
    assert!(holder != this, "a signal handler uses a heap while the thread that it has interrupted does");
    assert!(
        holder == 0 || (holder ^ this) & LOSSES == 0,
        "a lock of a heap was held by a thread that does not exist in this process, which was forked off meanwhile"
    );
}

impl Rank {
    fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Asserts that a lock of this rank may be taken by the thread.
    #[inline]
    pub(super) fn assert_next(self) {
        if IS_ORDERED {
            let held = HOLDS.with(|holds| holds.0.get());
            let ordered = held < self.bit();
            assert!(ordered, "lock {self:?} is taken out of order, or by a signal handler (held: {held:#b})");
        }
    }
}

/// That the thread holds a lock of this rank.
#[derive(Debug)]
pub(super) struct Held(Rank);

impl Held {
    #[inline]
    pub(super) fn new(rank: Rank) -> Self {
        rank.assert_next();
        if IS_ORDERED {
            HOLDS.with(|ThreadHolds(held)| held.set(held.get() | rank.bit()));
        }
        Self(rank)
    }

    /// As it was before one was forgotten.
    #[cfg(feature = "profile")]
    pub(super) fn again(rank: Rank) -> Self {
        Self(rank)
    }
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        if IS_ORDERED {
            HOLDS.with(|ThreadHolds(held)| held.set(held.get() & !self.0.bit()));
        }
    }
}
