//! [`GcRwLock`].

use core::cell::UnsafeCell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::panic::Location;

use super::growth::Growth;
use super::raw_lock::{Mode, RawLock};
use crate::mutator::{HeldLock, Mutation, forget_lock, held_lock, note_lock};
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, Tally, Trace, Tracer};

/// Anything that changes in an object and is used by several threads at the same time: many readers or one
/// writer. A thread that runs takes a lock that is free at once, also while others wait; but who has been first in line
/// for about a millisecond is next, so that nobody waits for ever, for reading or for writing.
///
/// Threads that take two locks take them in one order, for reading too: a writer that waits keeps later readers out.
///
/// Waiting happens inside the mutation, so no collection can take effect meanwhile: hold guards for a short
/// time. A thread that would wait for itself panics, with both places in the message. Guards belong to the
/// mutation: they are not `Send` and do not outlive it. A guard that is leaked (`mem::forget`) locks for ever.
/// A panic under a guard releases it; there is no poisoning.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRwLock, Heap, Root};
///
/// let heap = Heap::new();
/// let total: Root<GcRwLock<u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(0_u64))));
/// std::thread::scope(|scope| {
///     for _ in 0..4 {
///         scope.spawn(|| heap.mutate(|mc| *total.get(mc).write(mc) += 1));
///     }
/// });
/// heap.mutate(|mc| assert_eq!(*total.get(mc).read(mc), 4));
/// ```
pub struct GcRwLock<T> {
    lock: RawLock,
    contents: UnsafeCell<T>,
}

impl<T> GcRwLock<T> {
    /// A lock around `value`.
    #[cfg(not(loom))]
    pub const fn new(value: T) -> Self {
        Self { lock: RawLock::new(), contents: UnsafeCell::new(value) }
    }

    /// A lock around `value`.
    #[cfg(loom)]
    pub fn new(value: T) -> Self {
        Self { lock: RawLock::new(), contents: UnsafeCell::new(value) }
    }

    /// The contents of a lock that is not shared.
    pub fn get_mut(&mut self) -> &mut T {
        self.contents.get_mut()
    }

    /// The contents.
    pub fn into_inner(self) -> T {
        self.contents.into_inner()
    }

    fn note(&self, mc: &Mutation<'_>, mode: Mode, taken: &'static Location<'static>) {
        let exclusive = mode == Mode::Exclusive;
        note_lock(mc, HeldLock { lock: self.lock.identity(), exclusive, taken });
    }

    fn forget(&self) {
        forget_lock(self.lock.identity());
    }

    #[inline]
    fn lock(&self, mc: &Mutation<'_>, mode: Mode, call: &str, taken: &'static Location<'static>) {
        if !self.lock.try_lock(mode) {
            self.lock_slow(mode, call, taken);
        }
        self.note(mc, mode, taken);
    }

    #[cold]
    fn lock_slow(&self, mode: Mode, call: &str, taken: &'static Location<'static>) {
        match held_lock(self.lock.identity()) {
            None => self.lock.lock_slow(mode),
            Some(held) if mode == Mode::Shared && !held.exclusive => {
                if !self.lock.try_lock_shared_again() {
                    self.lock.lock_slow(mode);
                }
            }
            Some(held) => panic!(
                "{call} at {taken}: this thread already holds the lock for {}, taken at {}, and would \
                 wait for itself",
                if held.exclusive { "writing" } else { "reading" },
                held.taken
            ),
        }
    }
}

impl<'gc, T: Trace<'gc>> GcRwLock<T> {
    /// Locks for reading, waiting while a writer holds the lock, or waits and is next.
    ///
    /// # Panics
    ///
    /// This thread holds the lock for writing.
    #[track_caller]
    pub fn read<'a>(&'a self, mc: &'a Mutation<'gc>) -> ReadGuard<'a, T> {
        self.lock(mc, Mode::Shared, "GcRwLock::read", Location::caller());
        ReadGuard { lock: self, thread_bound: PhantomData }
    }

    /// Locks for writing, waiting while anyone holds the lock, or waits and is next.
    ///
    /// # Panics
    ///
    /// This thread holds the lock.
    #[track_caller]
    pub fn write<'a>(&'a self, mc: &'a Mutation<'gc>) -> WriteGuard<'a, T> {
        self.lock(mc, Mode::Exclusive, "GcRwLock::write", Location::caller());
        self.write_guard(mc)
    }

    /// Locks for reading if that needs no waiting.
    #[track_caller]
    pub fn try_read<'a>(&'a self, mc: &'a Mutation<'gc>) -> Option<ReadGuard<'a, T>> {
        self.lock.try_lock(Mode::Shared).then(|| {
            self.note(mc, Mode::Shared, Location::caller());
            ReadGuard { lock: self, thread_bound: PhantomData }
        })
    }

    /// Locks for writing if that needs no waiting.
    #[track_caller]
    pub fn try_write<'a>(&'a self, mc: &'a Mutation<'gc>) -> Option<WriteGuard<'a, T>> {
        self.lock.try_lock(Mode::Exclusive).then(|| {
            self.note(mc, Mode::Exclusive, Location::caller());
            self.write_guard(mc)
        })
    }
}

impl<T> GcRwLock<T> {
    /// The guard of a lock that has just been locked for writing.
    fn write_guard<'a, 'gc>(&'a self, mc: &'a Mutation<'gc>) -> WriteGuard<'a, T>
    where
        T: Trace<'gc>,
    {
        // SAFETY: locked for writing.
        let growth = Growth::begin(mc, unsafe { &*self.contents.get() });
        let guard = WriteGuard { lock: self, growth, thread_bound: PhantomData };
        mc.changes(&*guard);
        guard
    }
}

/// A [`GcRwLock`] locked for reading.
pub struct ReadGuard<'a, T> {
    lock: &'a GcRwLock<T>,
    /// Which locks a thread holds is noted by thread.
    thread_bound: PhantomData<*const T>,
}

/// A [`GcRwLock`] locked for writing.
pub struct WriteGuard<'a, T> {
    lock: &'a GcRwLock<T>,
    growth: Growth<T>,
    /// As in [`ReadGuard`]; and invariant, as contents go in and out.
    thread_bound: PhantomData<*mut T>,
}

impl<T> Deref for ReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: locked for reading.
        unsafe { &*self.lock.contents.get() }
    }
}

impl<T> Drop for ReadGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.forget();
        self.lock.lock.unlock(Mode::Shared);
    }
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: locked for writing.
        unsafe { &*self.lock.contents.get() }
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: locked for writing.
        unsafe { &mut *self.lock.contents.get() }
    }
}

impl<T> Drop for WriteGuard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: a guard ends before its mutation, and is not `Send`.
        unsafe { self.growth.end(self) };
        self.lock.forget();
        self.lock.lock.unlock(Mode::Exclusive);
    }
}

impl<T: fmt::Debug> fmt::Debug for ReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for WriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

// SAFETY: contents are shared between readers or used by one writer.
unsafe impl<T: Send + Sync> Sync for GcRwLock<T> {}

// SAFETY: duty 1: the contents report themselves; the collector reads them without the lock, while no thread
// is inside a mutation, so no guard is out but leaked ones, whose holders are gone. Duty 2: contents change
// in place, so nothing of them is in the mask.
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for GcRwLock<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        // SAFETY: see above.
        unsafe { &*self.contents.get() }.trace(tracer);
    }

    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn owned(&self, tally: &mut Tally) {
        // SAFETY: asked by whoever has the value for itself, or as `trace` is.
        unsafe { &*self.contents.get() }.owned(tally);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit_changing::<T>(T::drop_kind)
    }
}

// SAFETY: only the brand of the contents changes.
unsafe impl<T: Rebrand> Rebrand for GcRwLock<T> {
    type Static = GcRwLock<T::Static>;
    type At<'a> = GcRwLock<T::At<'a>>;
}

impl<T> fmt::Debug for GcRwLock<T> {
    /// Prints the state only: the contents need a mutation to be looked at.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.lock.holder() {
            None => "free",
            Some(Mode::Shared) => "locked for reading",
            Some(Mode::Exclusive) => "locked for writing",
        };
        write!(f, "GcRwLock({state})")
    }
}

impl<T: Default> Default for GcRwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
