//! A lock for so little work that a thread that comes too late lets others run, and looks again.
//!
//! Nobody is woken, so giving it back is a plain store. That makes taking it and giving it back, when nobody else wants it,
//! one locked instruction instead of two. It is for locks that are taken for single objects, in the midst of what a program
//! does all the time; whoever holds one for longer, as a sweep does, keeps others busy.

use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

#[cfg(not(loom))]
use super::holder::assert_ends;
use super::holder::{Held, this_thread};
use super::{AtomicUsize, Ordering, Pauses, Rank, is_left_out};

/// A lock that knows its rank, and who has it. A panic does not poison it, as with [`Mutex`](super::Mutex).
#[derive(Debug)]
pub(crate) struct BriefMutex<T> {
    /// The thread that has it; zero if none has.
    holder: AtomicUsize,
    rank: Rank,
    value: UnsafeCell<T>,
}

// SAFETY: one thread at a time has the value, as with a mutex of the standard library.
unsafe impl<T: Send> Sync for BriefMutex<T> {}

impl<T> BriefMutex<T> {
    #[cfg(not(loom))]
    pub(crate) const fn new(rank: Rank, value: T) -> Self {
        Self { holder: AtomicUsize::new(0), rank, value: UnsafeCell::new(value) }
    }

    #[cfg(loom)]
    pub(crate) fn new(rank: Rank, value: T) -> Self {
        Self { holder: AtomicUsize::new(0), rank, value: UnsafeCell::new(value) }
    }

    #[inline]
    pub(crate) fn lock(&self) -> BriefMutexGuard<'_, T> {
        if !self.try_take() {
            self.wait();
        }
        let taken = Taken(self);
        // Gives it back if the order is wrong.
        BriefMutexGuard { _held: Held::new(self.rank), taken, not_send: PhantomData }
    }

    /// The guard of a thread that has the lock, and has forgotten its guard.
    ///
    /// # Safety
    ///
    /// That is so.
    #[cfg(feature = "profile")]
    pub(crate) unsafe fn guard(&self) -> BriefMutexGuard<'_, T> {
        BriefMutexGuard { _held: Held::again(self.rank), taken: Taken(self), not_send: PhantomData }
    }

    #[inline]
    fn try_take(&self) -> bool {
        // Acquire: pairs with the release by which the guard gives it back.
        let order =
            if is_left_out("acquire of a brief mutex") { Ordering::Relaxed } else { Ordering::Acquire };
        self.holder.compare_exchange(0, this_thread(), order, Ordering::Relaxed).is_ok()
    }

    /// Waits for the thread that has the lock, which runs no code of the program before it gives it back.
    #[cold]
    fn wait(&self) {
        // Relaxed: a thread that sees its own name has written it, and not taken it back.
        #[cfg(not(loom))]
        assert_ends(self.holder.load(Ordering::Relaxed));
        // Where threads take locks in different orders none would ever say so.
        self.rank.assert_next();
        let mut pauses = Pauses::new("a lock that is held briefly");
        while !self.try_take() {
            pauses.pause();
        }
    }
}

/// That the thread has the lock.
#[derive(Debug)]
struct Taken<'a, T>(&'a BriefMutex<T>);

/// Access to what a [`BriefMutex`] guards.
#[derive(Debug)]
pub(crate) struct BriefMutexGuard<'a, T> {
    _held: Held,
    taken: Taken<'a, T>,
    /// The thread that takes it gives it back.
    not_send: PhantomData<*mut T>,
}

impl<T> Deref for BriefMutexGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: this thread has the lock.
        unsafe { &*self.taken.0.value.get() }
    }
}

impl<T> DerefMut for BriefMutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { &mut *self.taken.0.value.get() }
    }
}

impl<T> Drop for Taken<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let order =
            if is_left_out("release of a brief mutex") { Ordering::Relaxed } else { Ordering::Release };
        // Release: pairs with the acquire of who takes it next.
        self.0.holder.store(0, order);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::BriefMutex;
    use crate::sync::Rank;

    /// It would wait for itself.
    #[test]
    #[cfg(unix)]
    fn a_signal_handler_that_needs_a_lock_of_its_thread_is_told_so() {
        use std::panic::catch_unwind;
        use std::sync::{LazyLock, OnceLock};

        static LOCK: LazyLock<BriefMutex<u32>> = LazyLock::new(|| BriefMutex::new(Rank::Records, 0));
        static MESSAGE: OnceLock<String> = OnceLock::new();

        extern "C" fn handle(_signal: libc::c_int) {
            let payload = catch_unwind(|| *LOCK.lock()).expect_err("the lock is held");
            MESSAGE.set(payload.downcast_ref::<&str>().copied().unwrap_or_default().to_owned()).unwrap();
        }

        // SAFETY: the handler is called by `raise` only, where all that it does may be done.
        unsafe { libc::signal(libc::SIGUSR2, handle as *const () as libc::sighandler_t) };
        {
            let _held = LOCK.lock();
            // SAFETY: there is a handler.
            unsafe { libc::raise(libc::SIGUSR2) };
        }
        assert!(MESSAGE.get().unwrap().starts_with("a signal handler uses a heap"), "{MESSAGE:?}");
        assert_eq!(*LOCK.lock(), 0, "the thread has given it back");
    }

    #[test]
    #[cfg(debug_assertions)]
    fn one_that_is_taken_out_of_order_is_given_back() {
        let (records, class) = (BriefMutex::new(Rank::Records, ()), BriefMutex::new(Rank::Class, 7));
        let held = records.lock();
        assert!(std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| *class.lock())).is_err());
        drop(held);
        assert_eq!(*class.lock(), 7);
    }

    #[test]
    fn many_threads_take_turns() {
        let total = BriefMutex::new(Rank::Records, 0_u64);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..10_000).for_each(|_| *total.lock() += 1));
            }
        });
        assert_eq!(*total.lock(), 80_000);
    }

    #[test]
    fn a_panic_gives_it_back() {
        let lock = BriefMutex::new(Rank::Records, 7);
        let panic = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
            let _held = lock.lock();
            panic!("while it is held");
        }));
        assert!(panic.is_err());
        assert_eq!(*lock.lock(), 7);
    }
}
