//! A lock for a few instructions, now and then for a look at all that is there, in which no code of the program runs.
//!
//! It is a cell, whose borrows cost the thread that uses it alone a plain store; who comes too late looks again, after it
//! has let others run. So a lock that nobody contends for costs a tenth of one in which threads sleep.
//!
//! Readers that take turns would keep a writer out, so a writer that comes too late closes the door to readers that come
//! later, for a while. It is in for certain when those that are inside have left; among writers, who is next is left to chance.
//!
//! A signal handler that would wait for the thread that it has interrupted is told so.

use core::cell::Cell;

use crate::cell::GcRefCell;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk};
use crate::sync::{Ordering, Pauses, fixed};
use crate::trace::{Tally, Trace, Tracer};

/// What whoever waits waits for: ended by who is inside, after a few instructions.
const WAITS_FOR: &str = "a thread that looks at a weak collection";

/// Pauses in which a reader lets writers go first.
const PATIENCE: u32 = 64;

#[derive(Debug, Default)]
pub(super) struct ShortLock<T> {
    contents: GcRefCell<T>,
    /// Writers that wait. Relaxed everywhere: readers that come in nevertheless do no harm.
    waiting: fixed::AtomicU32,
}

impl<T> ShortLock<T> {
    /// Looks at the contents.
    #[inline]
    pub(super) fn read<'gc, R>(&self, mc: &Mutation<'gc>, look: impl FnOnce(&T) -> R) -> R
    where
        T: Trace<'gc>,
    {
        let is_open = self.waiting.load(Ordering::Relaxed) == 0;
        let looked = if is_open { self.try_read(mc, look) } else { Err(look) };
        looked.unwrap_or_else(|look| self.read_slow(mc, look))
    }

    #[inline]
    fn try_read<'gc, R, F: FnOnce(&T) -> R>(&self, mc: &Mutation<'gc>, look: F) -> Result<R, F>
    where
        T: Trace<'gc>,
    {
        let _inside = Inside::of(mc);
        match self.contents.try_borrow(mc) {
            Ok(contents) => Ok(look(&contents)),
            Err(_) => Err(look),
        }
    }

    #[cold]
    fn read_slow<'gc, R>(&self, mc: &Mutation<'gc>, mut look: impl FnOnce(&T) -> R) -> R
    where
        T: Trace<'gc>,
    {
        assert_not_inside(mc);
        let (mut pauses, mut patience) = (Pauses::new(WAITS_FOR), PATIENCE);
        loop {
            pauses.pause();
            // There may always be a writer that waits.
            if patience > 0 && self.waiting.load(Ordering::Relaxed) > 0 {
                patience -= 1;
                continue;
            }
            match self.try_read(mc, look) {
                Ok(result) => return result,
                Err(back) => look = back,
            }
        }
    }

    /// Changes the contents.
    #[inline]
    pub(super) fn write<'gc, R>(&self, mc: &Mutation<'gc>, change: impl FnOnce(&mut T) -> R) -> R
    where
        T: Trace<'gc>,
    {
        self.try_write(mc, change).unwrap_or_else(|change| self.write_slow(mc, change))
    }

    #[inline]
    fn try_write<'gc, R, F: FnOnce(&mut T) -> R>(&self, mc: &Mutation<'gc>, change: F) -> Result<R, F>
    where
        T: Trace<'gc>,
    {
        let _inside = Inside::of(mc);
        match self.contents.try_borrow_mut(mc) {
            Ok(mut contents) => Ok(change(&mut contents)),
            Err(_) => Err(change),
        }
    }

    #[cold]
    fn write_slow<'gc, R>(&self, mc: &Mutation<'gc>, mut change: impl FnOnce(&mut T) -> R) -> R
    where
        T: Trace<'gc>,
    {
        assert_not_inside(mc);
        let (mut pauses, _door) = (Pauses::new(WAITS_FOR), Closed::new(&self.waiting));
        loop {
            pauses.pause();
            match self.try_write(mc, change) {
                Ok(result) => return result,
                Err(back) => change = back,
            }
        }
    }

    pub(super) fn trace<'gc>(&self, tracer: &mut Tracer)
    where
        T: Trace<'gc>,
    {
        self.contents.trace(tracer);
    }

    pub(super) fn owned<'gc>(&self, tally: &mut Tally)
    where
        T: Trace<'gc>,
    {
        self.contents.owned(tally);
    }

    pub(super) fn drop_kind<'gc>(walk: &mut DropWalk) -> DropKind
    where
        T: Trace<'gc>,
    {
        walk.visit::<GcRefCell<T>>(GcRefCell::<T>::drop_kind)
    }
}

/// That a writer waits.
struct Closed<'a>(&'a fixed::AtomicU32);

impl<'a> Closed<'a> {
    fn new(waiting: &'a fixed::AtomicU32) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// That the thread is inside a short lock, or about to be: from before it has it to after it has given it back.
struct Inside<'a> {
    is_inside: &'a Cell<bool>,
    before: bool,
}

impl<'a> Inside<'a> {
    #[inline]
    fn of(mc: &'a Mutation<'_>) -> Self {
        let is_inside = &mc.record().in_short_lock;
        Self { is_inside, before: is_inside.replace(true) }
    }
}

impl Drop for Inside<'_> {
    #[inline]
    fn drop(&mut self) {
        self.is_inside.set(self.before);
    }
}

/// That the thread does not wait for itself.
fn assert_not_inside(mc: &Mutation<'_>) {
    let is_inside = mc.record().in_short_lock.get();
    assert!(!is_inside, "a signal handler uses a heap while the thread that it has interrupted does");
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::panic::{AssertUnwindSafe, Location};
    use std::panic::catch_unwind;

    use super::{Closed, ShortLock};
    use crate::mutator::{Core, Entry, Inside, Mutation, record_of_this_thread};
    use crate::options::Options;
    use crate::sync::{Arc, Ordering};

    fn mutate(core: &Arc<Core>, work: impl FnOnce(&Mutation<'_>)) {
        let inside = Inside::enter(record_of_this_thread(core), Entry::Own, Location::caller());
        // SAFETY: the thread is inside.
        work(&unsafe { Mutation::new(inside.record()) });
        inside.leave();
    }

    /// As a signal handler would that interrupts a thread in the lock.
    #[test]
    fn who_would_wait_for_itself_is_told_so() {
        let lock = ShortLock::<String>::default();
        mutate(&Core::new(Options::default()), |mc| {
            let refuses = |work: &dyn Fn()| {
                let panic = catch_unwind(AssertUnwindSafe(work)).expect_err("it would wait");
                assert!(
                    panic.downcast_ref::<&str>().is_some_and(|text| text.starts_with("a signal handler"))
                );
            };
            lock.read(mc, |_| refuses(&|| lock.write(mc, |_| ())));
            lock.write(mc, |_| {
                refuses(&|| lock.read(mc, |_| ()));
                refuses(&|| lock.write(mc, |_| ()));
            });
            lock.write(mc, |text| text.push_str("all have left"));
            assert_eq!(lock.read(mc, String::len), 13);
        });
    }

    /// As the lock of a handler that has interrupted a thread, and needed not wait.
    #[test]
    fn who_is_inside_twice_is_inside_until_both_have_left() {
        let lock = ShortLock::<String>::default();
        mutate(&Core::new(Options::default()), |mc| {
            lock.read(mc, |_| {
                lock.read(mc, |_| ());
                assert!(mc.record().in_short_lock.get());
            });
            assert!(!mc.record().in_short_lock.get());
        });
    }

    #[test]
    fn a_reader_does_not_wait_for_ever_for_writers_that_wait() {
        let lock = ShortLock::<String>::default();
        let door = Closed::new(&lock.waiting);
        mutate(&Core::new(Options::default()), |mc| assert_eq!(lock.read(mc, String::len), 0));
        drop(door);
        assert_eq!(lock.waiting.load(Ordering::Relaxed), 0);
    }

    /// Readers that take turns do not keep a writer out, nor writers a reader.
    #[test]
    fn all_get_their_turn() {
        let (core, lock) = (Core::new(Options::default()), ShortLock::<String>::default());
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (core, lock) = (&core, &lock);
                scope.spawn(move || {
                    mutate(core, |mc| {
                        for _ in 0..1000 {
                            if thread % 2 == 0 {
                                lock.write(mc, |text| text.push('x'));
                            } else {
                                lock.read(mc, |text| assert!(text.bytes().all(|byte| byte == b'x')));
                            }
                        }
                    });
                });
            }
        });
        mutate(&core, |mc| assert_eq!(lock.read(mc, String::len), 4000));
    }
}
