//! Which locks in objects a thread holds, so that it is told when it would wait for itself.
//!
//! Kept in the records of the thread: they exist as long as it is inside a mutation, also while its thread-locals are
//! being destroyed. A guard that is leaked leaves its note until the mutation ends. That does no harm: a note is about a
//! lock by its identity, which no other lock gets when it takes the place of the first one in memory.

use core::cell::{Cell, RefCell};
use core::panic::Location;

use super::mutation::Mutation;
use super::thread::any_record;

/// A lock in an object that this thread holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeldLock {
    /// Identity of the lock.
    pub(crate) lock: u32,
    /// Whether it is held for writing.
    pub(crate) exclusive: bool,
    /// Where it was taken.
    pub(crate) taken: &'static Location<'static>,
}

/// The locks that were taken in mutations through one record.
#[derive(Debug, Default)]
pub(super) struct HeldLocks {
    all: RefCell<Vec<HeldLock>>,
    /// Whether there are any: all that the end of a mutation looks at.
    any: Cell<bool>,
}

impl HeldLocks {
    /// Whether there may be some.
    #[inline]
    pub(super) fn any(&self) -> bool {
        self.any.get()
    }

    /// Forgets all: the thread has left its mutation, which no guard outlives.
    #[inline]
    pub(super) fn clear(&self) {
        if self.any.get() {
            self.forget_all();
        }
    }

    #[cold]
    fn forget_all(&self) {
        self.all.borrow_mut().clear();
        self.any.set(false);
    }

    fn note(&self, held: HeldLock) {
        self.all.borrow_mut().push(held);
        self.any.set(true);
    }

    fn find(&self, lock: u32) -> Option<HeldLock> {
        self.all.borrow().iter().find(|held| held.lock == lock).copied()
    }

    /// Forgets that a lock was taken, once; whether it was noted here.
    fn forget(&self, lock: u32) -> bool {
        let mut all = self.all.borrow_mut();
        let last = all.iter().rposition(|held| held.lock == lock);
        let forgotten = last.map(|last| all.remove(last)).is_some();
        // So that a mutation which has released what it took leaves as one that took nothing.
        self.any.set(!all.is_empty());
        forgotten
    }
}

/// Notes that this thread has taken a lock.
pub(crate) fn note_lock(mc: &Mutation<'_>, held: HeldLock) {
    mc.record().locks.note(held);
}

/// Notes that this thread has released a lock once.
pub(crate) fn forget_lock(lock: u32) {
    any_record(|record| record.locks.forget(lock).then_some(()));
}

/// How this thread holds a lock, if it does.
pub(crate) fn held_lock(lock: u32) -> Option<HeldLock> {
    any_record(|record| record.locks.find(lock))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::panic::Location;

    use super::{HeldLock, held_lock, note_lock};
    use crate::mutator::{Core, Entry, Inside, Mutation, record_of_this_thread};
    use crate::options::Options;

    #[test]
    fn a_mutation_leaves_at_once_with_released_locks_and_not_with_leaked_ones() {
        let core = Core::new(Options::default());
        let inside_with = |lock: u32| {
            let inside = Inside::enter(record_of_this_thread(&core), Entry::Own, Location::caller());
            // SAFETY: the thread is inside.
            let mc = unsafe { Mutation::new(inside.record()) };
            note_lock(&mc, HeldLock { lock, exclusive: true, taken: Location::caller() });
            inside
        };
        let released = inside_with(1);
        super::forget_lock(1);
        assert!(released.leave_at_once().is_ok(), "nothing is held any more");

        let Err(leaked) = inside_with(2).leave_at_once() else { panic!("there is a note to forget") };
        assert!(held_lock(2).is_some());
        leaked.leave();
        assert!(held_lock(2).is_none(), "no guard outlives its mutation");
    }
}
