//! [`GcRwLock`].

use core::cell::UnsafeCell;
use core::fmt;
use core::mem::offset_of;
use core::panic::Location;
use core::ptr::NonNull;

use super::growth::{Growth, cell_at};
use super::lock_guards::{ReadGuard, WriteGuard};
use super::raw_lock::{Mode, RawLock};
use crate::mutator::{HeldLock, Mutation, held_lock, note_lock};
use crate::object::{DropKind, DropWalk, Mask, SliceCell, length_bytes};
use crate::pointer::with_mutation_at_hand;
use crate::trace::{Parts, Rebrand, RebrandDst, Tally, Trace, Tracer};

/// Anything that changes in an object and is used by several threads at the same time: many readers or one writer.
///
/// A thread that runs takes a lock that is free at once, also while others wait; but who has been first in line
/// for about a millisecond is next, so that nobody waits for ever, for reading or for writing.
///
/// Threads that take two locks take them in one order, for reading too: a writer that waits keeps later readers out.
///
/// Waiting happens inside the mutation, so no collection can take effect meanwhile: hold guards for a short
/// time. A thread that would wait for itself panics, with both places in the message. Guards belong to the
/// mutation: they are not `Send` and do not outlive it. A guard that is leaked (`mem::forget`) locks for ever.
/// A panic under a guard releases it; there is no poisoning.
///
/// An array of any length that can be changed is a `GcRwLock<[T]>`, in an object of its own: [`from_fn`](Self::from_fn),
/// [`from_iter`](Self::from_iter). What its elements come to own under a guard is counted at the next cycle.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRwLock, Heap, Root};
///
/// let heap = Heap::new();
/// let total: Root<GcRwLock<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRwLock::new(0))));
/// std::thread::scope(|scope| {
///     for _ in 0..4 {
///         scope.spawn(|| heap.mutate(|mc| *total.get(mc).write(mc) += 1));
///     }
/// });
/// heap.mutate(|mc| assert_eq!(*total.get(mc).read(mc), 4));
/// ```
#[repr(C)]
pub struct GcRwLock<T: ?Sized> {
    /// In front, where the guards of any contents find it.
    lock: RawLock,
    contents: UnsafeCell<T>,
}

impl<T> GcRwLock<T> {
    /// A lock around `value`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcRwLock;
    ///
    /// let cell = GcRwLock::new(vec![1, 2]); // in no heap yet
    /// assert_eq!(cell.into_inner(), [1, 2]);
    /// ```
    #[cfg(not(loom))]
    pub const fn new(value: T) -> Self {
        Self { lock: RawLock::new(), contents: UnsafeCell::new(value) }
    }

    /// A lock around `value`.
    #[cfg(loom)]
    pub fn new(value: T) -> Self {
        Self { lock: RawLock::new(), contents: UnsafeCell::new(value) }
    }

    /// The contents.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcRwLock;
    ///
    /// assert_eq!(GcRwLock::new(7).into_inner(), 7);
    /// ```
    pub fn into_inner(self) -> T {
        self.contents.into_inner()
    }
}

impl<T: ?Sized> GcRwLock<T> {
    fn note(&self, mc: &Mutation<'_>, mode: Mode, taken: &'static Location<'static>) {
        let exclusive = mode == Mode::Exclusive;
        note_lock(mc, HeldLock { lock: self.lock.identity(), exclusive, taken });
    }

    /// Locks for reading if that needs no waiting, for the thread of a mutation of whichever heap.
    #[track_caller]
    fn try_read_for<'a>(&'a self, mc: &'a Mutation<'_>) -> Option<ReadGuard<'a, T>> {
        self.lock.try_lock(Mode::Shared).then(|| {
            self.note(mc, Mode::Shared, Location::caller());
            self.read_guard()
        })
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

impl<'gc, T: ?Sized + Trace<'gc>> GcRwLock<T> {
    /// Locks for reading, waiting while a writer holds the lock, or waits and is next.
    ///
    /// # Panics
    ///
    /// This thread holds the lock for writing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRwLock::new(vec!["Ada"]));
    ///     assert_eq!(names.read(mc)[0], "Ada");
    /// });
    /// ```
    #[track_caller]
    pub fn read<'a>(&'a self, mc: &'a Mutation<'gc>) -> ReadGuard<'a, T> {
        self.lock(mc, Mode::Shared, "GcRwLock::read", Location::caller());
        self.read_guard()
    }

    /// Locks for writing, waiting while anyone holds the lock, or waits and is next.
    ///
    /// # Panics
    ///
    /// This thread holds the lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRwLock::new(Vec::new()));
    ///     names.write(mc).push("Ada");
    ///     assert_eq!(*names.read(mc), ["Ada"]);
    /// });
    /// ```
    #[track_caller]
    pub fn write<'a>(&'a self, mc: &'a Mutation<'gc>) -> WriteGuard<'a, T> {
        self.write_for(mc, "GcRwLock::write")
    }

    /// Locks for reading if that needs no waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let total = Gc::new(mc, GcRwLock::new(1));
    ///     let guard = total.write(mc);
    ///     assert!(total.try_read(mc).is_none());
    ///     drop(guard);
    ///     assert_eq!(*total.try_read(mc).unwrap(), 1);
    /// });
    /// ```
    #[track_caller]
    pub fn try_read<'a>(&'a self, mc: &'a Mutation<'gc>) -> Option<ReadGuard<'a, T>> {
        self.try_read_for(mc)
    }

    /// Locks for writing if that needs no waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let total = Gc::new(mc, GcRwLock::new(1));
    ///     let guard = total.read(mc);
    ///     assert!(total.try_write(mc).is_none());
    ///     drop(guard);
    ///     *total.try_write(mc).unwrap() += 1;
    ///     assert_eq!(*total.read(mc), 2);
    /// });
    /// ```
    #[track_caller]
    pub fn try_write<'a>(&'a self, mc: &'a Mutation<'gc>) -> Option<WriteGuard<'a, T>> {
        self.lock.try_lock(Mode::Exclusive).then(|| {
            self.note(mc, Mode::Exclusive, Location::caller());
            self.write_guard(mc)
        })
    }

    #[track_caller]
    fn write_for<'a>(&'a self, mc: &'a Mutation<'gc>, call: &str) -> WriteGuard<'a, T> {
        self.lock(mc, Mode::Exclusive, call, Location::caller());
        self.write_guard(mc)
    }
}

impl<'gc, T: Trace<'gc>> GcRwLock<T> {
    /// Puts a value in the place of the contents, which are returned. Locks for writing, as [`write`](Self::write) does.
    ///
    /// # Panics
    ///
    /// This thread holds the lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let name = Gc::new(mc, GcRwLock::new(String::from("a")));
    ///     assert_eq!(name.replace(mc, String::from("b")), "a");
    ///     assert_eq!(*name.read(mc), "b");
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn replace(&self, mc: &Mutation<'gc>, value: T) -> T {
        core::mem::replace(&mut *self.write_for(mc, "GcRwLock::replace"), value)
    }

    /// Takes the contents out and leaves their default. Locks for writing, as [`write`](Self::write) does.
    ///
    /// # Panics
    ///
    /// This thread holds the lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let waiting = Gc::new(mc, GcRwLock::new(vec![1, 2]));
    ///     assert_eq!(waiting.take(mc), [1, 2]);
    ///     assert!(waiting.read(mc).is_empty());
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn take(&self, mc: &Mutation<'gc>) -> T
    where
        T: Default,
    {
        core::mem::take(&mut *self.write_for(mc, "GcRwLock::take"))
    }
}

impl<T: ?Sized> GcRwLock<T> {
    /// The contents of a lock that is not shared.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcRwLock;
    ///
    /// let mut cell = GcRwLock::new(vec![1]);
    /// cell.get_mut().push(2);
    /// assert_eq!(cell.into_inner(), [1, 2]);
    /// ```
    pub fn get_mut(&mut self) -> &mut T {
        self.contents.get_mut()
    }

    fn contents(&self) -> NonNull<T> {
        // SAFETY: the address of a part of a value is not null.
        unsafe { NonNull::new_unchecked(self.contents.get()) }
    }

    /// What the contents own.
    ///
    /// # Safety
    ///
    /// `cell` is a lock of this type, whose contents nobody changes meanwhile.
    unsafe fn owned_by<'gc>(cell: NonNull<()>) -> usize
    where
        T: Trace<'gc>,
    {
        // SAFETY: the caller's duty.
        let cell: &Self = unsafe { cell_at(cell) };
        // SAFETY: the caller's duty.
        Tally::shallow(unsafe { cell.contents().as_ref() })
    }

    /// The guard of a lock that has just been locked for reading, and noted.
    #[inline]
    fn read_guard(&self) -> ReadGuard<'_, T> {
        // SAFETY: locked for reading, and noted.
        unsafe { ReadGuard::new(self.contents(), &self.lock) }
    }

    /// The guard of a lock that has just been locked for writing, and noted.
    #[inline]
    fn write_guard<'a, 'gc>(&'a self, mc: &'a Mutation<'gc>) -> WriteGuard<'a, T>
    where
        T: Trace<'gc>,
    {
        // SAFETY: locked for writing.
        let growth = Growth::begin(mc, unsafe { self.contents().as_ref() }, Self::owned_by);
        // SAFETY: this lock, just locked for writing and noted, and growth of its contents.
        let guard = unsafe { WriteGuard::new(self.contents(), NonNull::from(self).cast(), growth) };
        mc.changes(&*guard);
        guard
    }
}

// SAFETY: contents are shared between readers or used by one writer.
unsafe impl<T: ?Sized + Send + Sync> Sync for GcRwLock<T> {}

// SAFETY: duty 1: the contents report themselves; the collector reads them without the lock, while no thread
// is inside a mutation, so no guard is out but leaked ones, whose holders are gone. Duty 2: contents change
// in place, so nothing of them is in the mask.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for GcRwLock<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        // SAFETY: see above.
        unsafe { &*self.contents.get() }.trace(tracer);
    }

    fn owned(&self, tally: &mut Tally) {
        // SAFETY: asked by whoever has the value for itself, or as `trace` is.
        unsafe { &*self.contents.get() }.owned(tally);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit_changing::<T>(T::drop_kind)
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        // SAFETY: see above.
        unsafe { &*self.contents.get() }.trace_parts(parts);
    }
}

// SAFETY: only the brand of the contents changes.
unsafe impl<T: Rebrand> Rebrand for GcRwLock<T> {
    type Static = GcRwLock<T::Static>;
    type At<'a> = GcRwLock<T::At<'a>>;
}

// SAFETY: as above; the metadata of pointers to them is the number of elements.
unsafe impl<T: Rebrand> RebrandDst for GcRwLock<[T]> {
    type Static = GcRwLock<[T::Static]>;
    type At<'a> = GcRwLock<[T::At<'a>]>;
}

// SAFETY: duty 1: `repr(C)`: the contents begin where a `T` would; the alignment is as asserted. Duty 2: the cast keeps
// address and metadata.
unsafe impl<'gc, T: Trace<'gc>> SliceCell<'gc> for GcRwLock<[T]> {
    type Item = T;
    const FRONT_BYTES: usize = {
        assert!(align_of::<GcRwLock<T>>() <= length_bytes::<T>());
        offset_of!(GcRwLock<T>, contents)
    };

    fn whole(at: *mut u8, len: usize) -> *mut Self {
        core::ptr::slice_from_raw_parts_mut(at.cast::<T>(), len) as *mut Self
    }

    unsafe fn write_front(cell: *mut Self) {
        // SAFETY: the caller's duty: in bounds.
        let lock = unsafe { &raw mut (*cell).lock };
        // SAFETY: the caller's duty, and aligned.
        unsafe { lock.write(RawLock::new()) };
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for GcRwLock<T> {
    /// Prints the state only, as the contents need a mutation to be looked at: [`Gc::debug`](crate::Gc::debug) has one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = with_mutation_at_hand(|mc| {
            let contents = self.try_read_for(mc)?;
            Some(f.debug_tuple("GcRwLock").field(&&*contents).finish())
        });
        shown.flatten().unwrap_or_else(|| {
            let state = match self.lock.holder() {
                None => "free",
                Some(Mode::Shared) => "locked for reading",
                Some(Mode::Exclusive) => "locked for writing",
            };
            write!(f, "GcRwLock({state})")
        })
    }
}

impl<T: Default> Default for GcRwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
