//! Queues of threads that wait for locks.

#[cfg(not(loom))]
use std::time::{Duration, Instant};

use super::{Mode, RawLock};
use crate::sync::{Arc, Condvar, Mutex, MutexGuard, Rank};

/// How long others may take a lock before the first in its queue. Long beside the time for which a lock lies idle
/// until a thread has woken, and short for a thread that waits.
#[cfg(not(loom))]
const PATIENCE: Duration = Duration::from_millis(1);
const N_BUCKETS: usize = if cfg!(loom) { 1 } else { 64 };

type Buckets = [Mutex<Vec<Waiter>>; N_BUCKETS];

fn buckets() -> Buckets {
    core::array::from_fn(|_| Mutex::new(Rank::Parking, Vec::new()))
}

/// The threads that wait for any lock, in as many lists as keep them short.
#[cfg(not(loom))]
fn all() -> &'static Buckets {
    static BUCKETS: crate::per_process::PerProcess<Buckets> = crate::per_process::PerProcess::new();
    BUCKETS.get_or_make(buckets)
}

#[cfg(loom)]
fn all() -> &'static Buckets {
    loom::lazy_static! {
        static ref BUCKETS: Buckets = buckets();
    }
    &BUCKETS
}

/// A thread that waits for a lock.
#[derive(Debug)]
pub(super) struct Waiter {
    /// Address of the lock.
    lock: usize,
    mode: Mode,
    /// Whether it knows that it is the first, and does not sleep.
    awake: bool,
    /// How long it has been the first.
    first: Time,
    /// Wakes the thread, and nobody else. Used with the lock of the bucket.
    bell: Arc<Condvar>,
}

impl Waiter {
    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether it, the first, has let others go first for long enough.
    pub(super) fn is_impatient(&self) -> bool {
        self.first.is_long()
    }
}

/// By which a thread finds itself in a queue.
#[derive(Debug)]
pub(super) struct Ticket(Arc<Condvar>);

/// The threads that wait for one lock, first come first served. While it exists the lock's bucket is locked.
#[derive(Debug)]
pub(super) struct Queue<'a> {
    bucket: MutexGuard<'a, Vec<Waiter>>,
    /// Address of the lock.
    lock: usize,
}

impl Queue<'_> {
    pub(super) fn of(lock: &RawLock) -> Self {
        let lock = core::ptr::from_ref(lock).addr();
        let bucket = all()[((lock >> 4).wrapping_mul(0x9E37_79B9) >> 8) % N_BUCKETS].lock();
        Self { bucket, lock }
    }

    /// Where its first, or another, is in the bucket.
    fn place(&self, nth: usize) -> Option<usize> {
        let places = self.bucket.iter().enumerate().filter(|(_, waiter)| waiter.lock == self.lock);
        places.map(|(at, _)| at).nth(nth)
    }

    pub(super) fn first(&self) -> Option<&Waiter> {
        self.place(0).map(|at| &self.bucket[at])
    }

    pub(super) fn has_second(&self) -> bool {
        self.place(1).is_some()
    }

    /// The calling thread queues; it is awake if it is the first.
    pub(super) fn push(&mut self, mode: Mode) -> Ticket {
        let (bell, awake) = (Arc::new(Condvar::new()), self.first().is_none());
        let waiter = Waiter { lock: self.lock, mode, awake, first: Time::now(), bell: Arc::clone(&bell) };
        self.bucket.push(waiter);
        Ticket(bell)
    }

    /// The first leaves the queue.
    pub(super) fn remove_first(&mut self) {
        let first = self.place(0).expect("who leaves is in the queue");
        self.bucket.remove(first);
        if let Some(next) = self.place(0) {
            self.bucket[next].first = Time::now();
        }
    }

    /// The first is about to sleep.
    pub(super) fn first_sleeps(&mut self) {
        let first = self.place(0).expect("who sleeps is in the queue");
        self.bucket[first].awake = false;
    }

    /// Wakes the first. The bucket is unlocked before, as it is what that thread locks next.
    pub(super) fn wake_first(mut self) {
        let first = self.place(0).expect("who is woken is in the queue");
        let first = &mut self.bucket[first];
        first.awake = true;
        let bell = Arc::clone(&first.bell);
        drop(self);
        bell.notify_all();
    }

    /// The calling thread, which has the ticket, sleeps for `what` until it is woken; not at all if it is awake.
    pub(super) fn sleep(mut self, ticket: &Ticket, what: &str) -> Self {
        let sleeps = |waiter: &Waiter| Arc::ptr_eq(&waiter.bell, &ticket.0) && !waiter.awake;
        while self.bucket.iter().any(sleeps) {
            // Ended by `wake_first`.
            self.bucket = ticket.0.wait(self.bucket, what);
        }
        self
    }
}

/// A moment.
#[cfg(not(loom))]
#[derive(Debug)]
struct Time(Instant);

#[cfg(not(loom))]
impl Time {
    fn now() -> Self {
        Self(Instant::now())
    }

    fn is_long(&self) -> bool {
        self.0.elapsed() >= PATIENCE
    }
}

/// In a model any time is long, or none.
#[cfg(loom)]
#[derive(Debug)]
struct Time;

#[cfg(loom)]
impl Time {
    fn now() -> Self {
        Self
    }

    fn is_long(&self) -> bool {
        !crate::sync::is_left_out("losing patience")
    }
}
