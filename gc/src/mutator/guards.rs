//! Which locks in objects this thread holds, so that it is told when it would wait for itself.

use core::cell::{Cell, RefCell};
use core::panic::Location;

/// A lock in an object that this thread holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeldLock {
    /// Address of the lock.
    pub(crate) lock: usize,
    /// Whether it is held for writing.
    pub(crate) exclusive: bool,
    /// Where it was taken.
    pub(crate) taken: &'static Location<'static>,
}

thread_local! {
    static HELD: RefCell<Vec<HeldLock>> = const { RefCell::new(Vec::new()) };
    /// Whether `HELD` may have entries: cheaper to ask, and can be asked at any time.
    static ANY: Cell<bool> = const { Cell::new(false) };
}

/// Notes that this thread has taken a lock.
pub(crate) fn note_lock(held: HeldLock) {
    // A thread whose thread-locals are gone is not told.
    ANY.set(true);
    let _ = HELD.try_with(|all| all.borrow_mut().push(held));
}

/// Notes that this thread has released a lock once.
pub(crate) fn forget_lock(lock: usize) {
    let _ = HELD.try_with(|all| {
        let mut all = all.borrow_mut();
        if let Some(last) = all.iter().rposition(|held| held.lock == lock) {
            all.remove(last);
        }
    });
}

/// How this thread holds a lock, if it does.
pub(crate) fn held_lock(lock: usize) -> Option<HeldLock> {
    HELD.try_with(|all| all.borrow().iter().find(|held| held.lock == lock).copied()).ok().flatten()
}

/// Forgets all: the thread has left its last mutation, which no guard outlives. What a leaked guard locked
/// stays locked, but its address may belong to another object soon.
#[inline]
pub(super) fn forget_all_locks() {
    if ANY.get() {
        ANY.set(false);
        let _ = HELD.try_with(|all| all.borrow_mut().clear());
    }
}
