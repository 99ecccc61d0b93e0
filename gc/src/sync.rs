//! The only door to atomics, locks and thread-locals of the standard library, so that a model checker can
//! take their place, and the order in which locks are taken.
//!
//! # Lock order
//!
//! A thread takes locks in the order of [`Rank`] only; debug builds check it. No code of the program runs
//! while a lock is held, but for implementations of `Trace` by hand, which look at their value only (its duty 6), the
//! global allocator, and signal handlers. The last two must not use a heap: a handler that would wait for the lock that
//! its own thread holds is told so. The same goes for a lock whose thread a `fork` has lost.
//!
//! # Models
//!
//! With `--cfg loom` everything here is loom's, and exists only while a model runs; the names in [`fixed`] are
//! those of the standard library in every build, for what has to be a constant and is in no model.

pub(crate) use std::sync::{Arc, LazyLock, OnceLock, Weak};

#[cfg(not(loom))]
use std::sync as inner;
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};

#[cfg(loom)]
use loom::sync as inner;
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};

/// Atomics that no model looks at.
pub(crate) mod fixed {
    pub(crate) use std::sync::atomic::AtomicU32;
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize};
}

use std::cell::Cell;
use std::sync::PoisonError;
#[cfg(not(loom))]
use std::sync::TryLockError;
use std::time::{Duration, Instant};

#[cfg(not(loom))]
use std::thread::yield_now;

#[cfg(loom)]
use loom::thread::yield_now;

/// Frees memory; in a model only after the run, so that it finds who uses the memory still.
#[cfg(not(loom))]
pub(crate) use std::alloc::dealloc;

#[cfg(loom)]
pub(crate) use models::dealloc;

/// Whether a model leaves a step out, to show that it is needed. Never, where no model runs.
#[cfg(not(loom))]
#[inline(always)]
pub(crate) const fn is_left_out(_step: &str) -> bool {
    false
}

#[cfg(loom)]
pub(crate) use models::is_left_out;

#[cfg(loom)]
pub(crate) mod models {
    use std::alloc::Layout;
    use std::cell::{Cell, RefCell};

    thread_local! {
        static LEFT_OUT: Cell<Option<&'static str>> = const { Cell::new(None) };
        /// What was freed in this run.
        static FREED: RefCell<Vec<(*mut u8, Layout)>> = const { RefCell::new(Vec::new()) };
    }

    /// # Safety
    ///
    /// As for [`std::alloc::dealloc`].
    pub(crate) unsafe fn dealloc(memory: *mut u8, layout: Layout) {
        FREED.with_borrow_mut(|freed| {
            assert!(freed.iter().all(|&(known, _)| known != memory), "memory is freed twice");
            freed.push((memory, layout));
        });
    }

    /// Gives memory back that runs have freed.
    #[cfg(test)]
    fn dealloc_freed() {
        for (memory, layout) in FREED.take() {
            // SAFETY: the duty of whoever freed it, and the run has ended.
            unsafe { std::alloc::dealloc(memory, layout) };
        }
    }

    pub(crate) fn is_left_out(step: &str) -> bool {
        LEFT_OUT.get() == Some(step)
    }

    /// Runs a model in which at most `preemptions` times a thread is interrupted where it need not be.
    #[cfg(test)]
    pub(crate) fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(preemptions);
        builder.check(move || {
            dealloc_freed();
            run();
        });
    }

    /// Runs a model without a step that it does not need.
    #[cfg(test)]
    pub(crate) fn model_without(
        step: &'static str,
        preemptions: usize,
        run: impl Fn() + Send + Sync + 'static,
    ) {
        LEFT_OUT.set(Some(step));
        model(preemptions, run);
        LEFT_OUT.set(None);
    }

    /// Runs a model without a step, and asserts that it fails.
    #[cfg(test)]
    pub(crate) fn fails_without(
        step: &'static str,
        preemptions: usize,
        run: impl Fn() + Send + Sync + std::panic::UnwindSafe + 'static,
    ) {
        let outcome = std::panic::catch_unwind(|| model_without(step, preemptions, run));
        LEFT_OUT.set(None);
        assert!(outcome.is_err(), "the model does not need the step `{step}`");
    }
}

/// Which lock, in the order in which they may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// Numbers of all mutators of the process.
    Mutators = 1,
    /// Who is inside a mutation of a heap.
    Gate,
    /// What threads that attach can use.
    SpareLocals,
    /// Which classes a heap has.
    Classes,
    /// The spans of a class.
    Class,
    /// What is known of single objects of a span.
    Records,
    /// Which spans have records.
    SpansWithRecords,
    /// The pages of a heap.
    Pages,
    /// Descriptors of spans that were given up.
    Spares,
    /// Objects whose destructors have to run.
    Doomed,
    /// Finalizers and cleanups that are due.
    Queue,
    /// What the profile has counted.
    #[cfg(feature = "profile")]
    Profile,
    /// The counters of a heap.
    Totals,
    /// The root slots of a heap.
    Roots,
    /// Where roots were made.
    RootPlaces,
    /// What is done outside of mutations.
    Work,
    /// Which session there is help for.
    #[cfg(feature = "parallel")]
    Helpers,
    /// Who marks, and what is left to mark.
    Marking,
    /// One bucket of the parking lot.
    Parking,
}

/// Whether ranks are checked. The threads of a model share one of the system's.
const IS_ORDERED: bool = cfg!(debug_assertions) && !cfg!(loom);

impl Rank {
    fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Asserts that a lock of this rank may be taken by the thread.
    #[inline]
    fn assert_next(self) {
        if IS_ORDERED {
            let held = HOLDS.with(|holds| holds.0.get());
            let ordered = held < self.bit();
            assert!(ordered, "lock {self:?} is taken out of order, or by a signal handler (held: {held:#b})");
        }
    }
}

/// Ranks of the locks that a thread holds, as bits. Kept in debug builds only; the address names the thread.
#[derive(Debug)]
#[repr(align(64))]
struct ThreadHolds(Cell<u32>);

thread_local! {
    static HOLDS: ThreadHolds = const { ThreadHolds(Cell::new(0)) };
}

/// A lock that knows its rank, and who has it. A panic does not poison it: no code that could panic half-way runs under
/// it.
#[derive(Debug)]
pub(crate) struct Mutex<T> {
    rank: Rank,
    holder: Holder,
    inner: inner::Mutex<T>,
}

impl<T> Mutex<T> {
    pub(crate) fn new(rank: Rank, value: T) -> Self {
        Self { rank, holder: Holder::default(), inner: inner::Mutex::new(value) }
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        let inner = self.acquire();
        MutexGuard { held: Held::new(self.rank, &self.holder), inner }
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
        self.holder.assert_ends();
        // Where threads take locks in different orders none would ever say so.
        self.rank.assert_next();
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Access to what a [`Mutex`] guards.
#[derive(Debug)]
pub(crate) struct MutexGuard<'a, T> {
    /// Before the lock itself: who has it next says so.
    held: Held<'a>,
    inner: inner::MutexGuard<'a, T>,
}

impl<T> core::ops::Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> core::ops::DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}

/// The thread that has a lock: the address of a thread-local of it, with the number of times that threads were lost in the
/// bits that are zero; zero if none has it. Relaxed everywhere: a thread that sees its own name has written it, and not
/// taken it back.
#[derive(Debug, Default)]
struct Holder(fixed::AtomicUsize);

impl Holder {
    const LOSSES: usize = align_of::<ThreadHolds>() - 1;

    fn this_thread() -> usize {
        let losses = crate::fork::losses() as usize & Self::LOSSES;
        HOLDS.with(|holds| core::ptr::from_ref(holds).addr() | losses)
    }

    /// That whoever has the lock gives it back some day.
    #[cfg(not(loom))]
    fn assert_ends(&self) {
        let (holder, this) = (self.0.load(Ordering::Relaxed), Self::this_thread());
        assert!(holder != this, "a signal handler uses a heap while the thread that it has interrupted does");
        assert!(
            holder == 0 || (holder ^ this) & Self::LOSSES == 0,
            "a lock of a heap was held by a thread that does not exist in this process, which was forked off meanwhile"
        );
    }
}

/// Notes who holds a lock, and in debug builds which locks a thread holds.
#[derive(Debug)]
struct Held<'a> {
    rank: Rank,
    holder: &'a Holder,
}

impl<'a> Held<'a> {
    #[inline]
    fn new(rank: Rank, holder: &'a Holder) -> Self {
        rank.assert_next();
        if IS_ORDERED {
            HOLDS.with(|ThreadHolds(held)| held.set(held.get() | rank.bit()));
        }
        let held = Self { rank, holder };
        held.resume();
        held
    }

    /// The lock is given up for the time of a wait.
    #[inline]
    fn pause(&self) {
        self.holder.0.store(0, Ordering::Relaxed);
    }

    #[inline]
    fn resume(&self) {
        self.holder.0.store(Holder::this_thread(), Ordering::Relaxed);
    }
}

impl Drop for Held<'_> {
    #[inline]
    fn drop(&mut self) {
        self.pause();
        if IS_ORDERED {
            HOLDS.with(|ThreadHolds(held)| held.set(held.get() & !self.rank.bit()));
        }
    }
}

/// Whether waits that take long are reported, so that one that never ends is found by its reason.
const REPORTS: bool = cfg!(all(any(debug_assertions, gc_zeal), not(loom)));
/// How long they may take.
const LONG: Duration = Duration::from_secs(10);

/// Tells whoever looks at the process that a thread has waited for long.
#[cold]
#[expect(clippy::print_stderr, reason = "a process that hangs has no other way to say why")]
fn report(what: &str) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("without a name");
    eprintln!("gc: the thread `{name}` has been waiting for {LONG:?} for {what}");
}

/// A wait for other threads that work on something short: the calling one lets them run.
#[derive(Debug)]
pub(crate) struct Pauses {
    what: &'static str,
    since: Option<Instant>,
}

impl Pauses {
    /// For `what` the thread waits.
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, since: None }
    }

    /// Lets other threads run.
    pub(crate) fn pause(&mut self) {
        yield_now();
        if REPORTS && self.since.get_or_insert_with(Instant::now).elapsed() >= LONG {
            report(self.what);
            self.since = None;
        }
    }
}

/// Wakes threads that wait for a change of what a [`Mutex`] guards.
#[derive(Debug, Default)]
pub(crate) struct Condvar(inner::Condvar);

impl Condvar {
    pub(crate) fn new() -> Self {
        Self(inner::Condvar::new())
    }

    /// Waits for a change, which may be none, of `what` the caller waits for.
    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>, what: &str) -> MutexGuard<'a, T> {
        let MutexGuard { held, inner } = guard;
        held.pause();
        let inner = if REPORTS {
            let (inner, time) = self.0.wait_timeout(inner, LONG).unwrap_or_else(PoisonError::into_inner);
            if time.timed_out() {
                report(what);
            }
            inner
        } else {
            self.0.wait(inner).unwrap_or_else(PoisonError::into_inner)
        };
        held.resume();
        MutexGuard { held, inner }
    }

    /// Waits while `condition` holds, at most `limit`.
    #[cfg(not(loom))]
    pub(crate) fn wait_timeout_while<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
        condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        let MutexGuard { held, inner } = guard;
        held.pause();
        let (inner, _) =
            self.0.wait_timeout_while(inner, limit, condition).unwrap_or_else(PoisonError::into_inner);
        held.resume();
        MutexGuard { held, inner }
    }

    /// Waits while `condition` holds. No time passes in a model: a wake-up that is missing is found.
    #[cfg(loom)]
    pub(crate) fn wait_timeout_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        _limit: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        while condition(&mut guard) {
            guard = self.wait(guard, "a model");
        }
        guard
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
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
