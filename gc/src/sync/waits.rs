//! Waiting for other threads, and who reports a wait that does not end.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::mutex::MutexGuard;
use super::{inner, yield_now};

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

/// Pauses before a thread sleeps.
const YIELDS: u32 = 64;
/// The first sleep. The longest is 32 times as long.
const SHORTEST: Duration = Duration::from_micros(30);

/// A wait for other threads that work on something short: the calling one lets them run.
#[derive(Debug)]
pub(crate) struct Pauses {
    /// So many have been.
    n: u32,
    what: &'static str,
    since: Option<Instant>,
}

impl Pauses {
    /// For `what` the thread waits.
    pub(crate) fn new(what: &'static str) -> Self {
        Self { n: 0, what, since: None }
    }

    /// Lets other threads run: soon also those that have a lower priority, for which a thread has to sleep.
    pub(crate) fn pause(&mut self) {
        self.n = self.n.saturating_add(1);
        if cfg!(loom) || self.n < YIELDS {
            yield_now();
        } else {
            std::thread::sleep(SHORTEST * (1 << (self.n - YIELDS).min(5)));
        }
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
        let MutexGuard { named, held, inner } = guard;
        named.pause();
        let inner = if REPORTS {
            let (inner, time) = self.0.wait_timeout(inner, LONG).unwrap_or_else(PoisonError::into_inner);
            if time.timed_out() {
                report(what);
            }
            inner
        } else {
            self.0.wait(inner).unwrap_or_else(PoisonError::into_inner)
        };
        named.resume();
        MutexGuard { named, held, inner }
    }

    /// Waits while `condition` holds, at most `limit`.
    #[cfg(not(loom))]
    pub(crate) fn wait_timeout_while<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
        condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        let MutexGuard { named, held, inner } = guard;
        named.pause();
        let (inner, _) =
            self.0.wait_timeout_while(inner, limit, condition).unwrap_or_else(PoisonError::into_inner);
        named.resume();
        MutexGuard { named, held, inner }
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
