//! A lock for which threads sleep.

use core::ops::{Deref, DerefMut};
use std::sync::PoisonError;
#[cfg(not(loom))]
use std::sync::TryLockError;

#[cfg(not(loom))]
use super::holder::assert_ends;
use super::holder::{Held, this_thread};
use super::{Ordering, Rank, fixed, inner};

/// A lock that knows its rank, and who has it. A panic does not poison it: no code that could panic half-way runs under
/// it.
#[derive(Debug)]
pub(crate) struct Mutex<T> {
    rank: Rank,
    /// Who has it, or zero. Relaxed everywhere: a thread that sees its own name has written it, and not taken it back.
    holder: fixed::AtomicUsize,
    inner: inner::Mutex<T>,
}

impl<T> Mutex<T> {
    pub(crate) fn new(rank: Rank, value: T) -> Self {
        Self { rank, holder: fixed::AtomicUsize::new(0), inner: inner::Mutex::new(value) }
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        let inner = self.acquire();
        MutexGuard { named: Named::new(&self.holder), held: Held::new(self.rank), inner }
    }

    #[cfg(not(loom))]
    #[inline]
    fn acquire(&self) -> inner::MutexGuard<'_, T> {
        match self.inner.try_lock() {
            Ok(inner) => inner,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => self.wait(),
        }
    }

    #[cfg(loom)]
    fn acquire(&self) -> inner::MutexGuard<'_, T> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the thread that has the lock, which runs no code of the program before it gives it back.
    #[cfg(not(loom))]
    #[cold]
    fn wait(&self) -> inner::MutexGuard<'_, T> {
        assert_ends(self.holder.load(Ordering::Relaxed));
        // Where threads take locks in different orders none would ever say so.
        self.rank.assert_next();
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Access to what a [`Mutex`] guards.
#[derive(Debug)]
pub(crate) struct MutexGuard<'a, T> {
    /// Before the lock itself: who has it next says so.
    pub(super) named: Named<'a>,
    pub(super) held: Held,
    pub(super) inner: inner::MutexGuard<'a, T>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}

/// That a lock names the thread that has it.
#[derive(Debug)]
pub(super) struct Named<'a>(&'a fixed::AtomicUsize);

impl<'a> Named<'a> {
    #[inline]
    fn new(holder: &'a fixed::AtomicUsize) -> Self {
        let named = Self(holder);
        named.resume();
        named
    }

    /// The lock is given up for the time of a wait.
    #[inline]
    pub(super) fn pause(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn resume(&self) {
        self.0.store(this_thread(), Ordering::Relaxed);
    }
}

impl Drop for Named<'_> {
    #[inline]
    fn drop(&mut self) {
        self.pause();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Mutex, Rank};

    /// It would wait for itself.
    #[test]
    #[cfg(unix)]
    fn a_signal_handler_that_needs_a_lock_of_its_thread_is_told_so() {
        use std::panic::catch_unwind;
        use std::sync::{LazyLock, OnceLock};

        static LOCK: LazyLock<Mutex<u32>> = LazyLock::new(|| Mutex::new(Rank::Class, 0));
        static MESSAGE: OnceLock<String> = OnceLock::new();

        extern "C" fn handle(_signal: libc::c_int) {
            let payload = catch_unwind(|| *LOCK.lock()).expect_err("the lock is held");
            MESSAGE.set(payload.downcast_ref::<&str>().copied().unwrap_or_default().to_owned()).unwrap();
        }

        // SAFETY: the handler is called by `raise` only, where all that it does may be done.
        unsafe { libc::signal(libc::SIGUSR1, handle as *const () as libc::sighandler_t) };
        {
            let _held = LOCK.lock();
            // SAFETY: there is a handler.
            unsafe { libc::raise(libc::SIGUSR1) };
        }
        assert!(MESSAGE.get().unwrap().starts_with("a signal handler uses a heap"), "{MESSAGE:?}");
        assert_eq!(*LOCK.lock(), 0, "the thread has given it back");
    }

    #[test]
    #[cfg(debug_assertions)]
    fn locks_out_of_order_are_found() {
        let (gate, class) = (Mutex::new(Rank::Gate, ()), Mutex::new(Rank::Class, ()));
        let is_refused = |lock: &Mutex<()>| std::panic::catch_unwind(|| drop(lock.lock())).is_err();
        {
            let _gate = gate.lock();
            let _class = class.lock();
        }
        let class = class.lock();
        assert!(is_refused(&gate));
        assert!(is_refused(&Mutex::new(Rank::Class, ())), "which of two goes first is not said");
        assert!(is_refused(&gate), "the first is still held");
        drop(class);
        assert!(!is_refused(&gate));
    }

    #[test]
    #[cfg(debug_assertions)]
    fn a_lock_out_of_order_is_not_waited_for() {
        use std::sync::mpsc::channel;
        use std::time::Duration;

        let (gate, class) = (Mutex::new(Rank::Gate, ()), Mutex::new(Rank::Class, ()));
        std::thread::scope(|scope| {
            let held = gate.lock();
            let (tell, told) = channel();
            let (gate, class) = (&gate, &class);
            scope.spawn(move || {
                let _class = class.lock();
                tell.send(std::panic::catch_unwind(|| drop(gate.lock())).is_err())
            });
            let refused = told.recv_timeout(Duration::from_secs(10));
            drop(held);
            assert_eq!(refused, Ok(true));
        });
    }
}
