//! The door: what a program does with a heap as a whole.

mod attached;
mod inspection;
mod introspection;
pub(crate) mod passage;
mod weak_heap;

pub use attached::Mutator;
pub use inspection::assert_unreachable;
pub use weak_heap::WeakHeap;

use core::any::Any;
use core::fmt;
use core::ops::ControlFlow;
use std::time::Duration;

use self::passage::{enter_heap, leave_heap};
use crate::builder::HeapBuilder;
use crate::collector;
use crate::error::{CollectError, PendingError};
use crate::mutator::{Core, Mutation};
use crate::options::Options;
use crate::pointer::{Gc, Root};
use crate::stats::CycleStats;
use crate::sync::Arc;
use crate::trace::RebrandDst;

/// A garbage-collected heap, shared by any number of threads.
///
/// Objects are made and used inside [`mutate`](Self::mutate). A `Heap` is a handle, cheap to clone, and may be used by any
/// thread; [`builder`](Self::builder) makes a heap with options.
///
/// # The end of a heap
///
/// When the last handle is dropped all objects are dropped and the memory is given back. [`Root`]s and [`WeakHeap`]s do
/// not keep a heap; [`Pinned`](crate::Pinned) objects do. What runs then are destructors, and neither finalizers nor
/// cleanups.
///
/// The thread that drops the handle does it, with two exceptions. If another thread is running destructors of the heap that
/// one does the rest, and is waited for as long as they end one after the other, but not more than a second for any. And
/// inside a mutation, of another heap, a new thread does it, which is not waited for.
///
/// Rust does not drop what is in a `static`: a heap there has no end, and objects that are alive at the end of the
/// process are not dropped.
///
/// # Threads that others have started, forks, signals
///
/// Any thread may use a heap, also one that foreign code has started; nothing is to be done before or after that. It
/// attaches with its first mutation, which takes about a microsecond, and detaches when it ends. While its
/// thread-locals are destroyed it may still open mutations.
///
/// The child of a `fork` has one thread. If the process had one thread, too, heaps go on working there. Otherwise threads
/// are missing that may have left a heap half-way through a change, so each use of one that was made before panics and
/// says so, but for dropping it, which drops no objects; one that is made in the child works. (A heap has threads of its
/// own at times: to mark, to run destructors and finalizers, and, as soon as there is something to free, to notice that it
/// is [idle](HeapBuilder::idle_after).) Where the system cannot tell how many threads there are, which Linux can, it is as
/// if there were several.
///
/// A signal handler must not use a heap, as it must not allocate: the thread that it has interrupted may be half-way
/// through a change. Where it would wait for a lock that this thread holds it panics, which ends the process, rather than
/// wait for ever.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcCell, Heap, Trace};
///
/// #[derive(Trace)]
/// struct Person<'gc> {
///     name: String,
///     friend: GcCell<Option<Gc<'gc, Person<'gc>>>>,
/// }
///
/// let heap = Heap::new();
/// let ada = heap.mutate(|mc| {
///     let ada = Gc::new(mc, Person { name: "Ada".into(), friend: GcCell::new(None) });
///     let charles = Gc::new(mc, Person { name: "Charles".into(), friend: GcCell::new(Some(ada)) });
///     ada.friend.set(mc, Some(charles)); // a cycle
///     mc.root(ada)
/// });
/// assert_eq!(heap.collect()?.live_objects, 2);
/// heap.mutate(|mc| assert_eq!(ada.get(mc).friend.get().unwrap().name, "Charles"));
///
/// drop(ada);
/// assert_eq!(heap.collect()?.live_objects, 0);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone)]
pub struct Heap {
    handle: Arc<Handle>,
}

/// What handles share.
struct Handle {
    core: Arc<Core>,
    open: Arc<Open>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        if !self.core.is_lost() {
            collector::report_pins_left(&self.core);
        }
    }
}

/// That the heap is open: what handles and pins share.
pub(crate) struct Open {
    core: Arc<Core>,
}

impl Open {
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.core.is_lost() {
            collector::close(&self.core);
        }
    }
}

impl Heap {
    /// A heap with default options.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// assert_eq!(heap.stats().objects(), 0);
    /// ```
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A heap with options.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::builder().name("sessions").limit_bytes(1 << 30).build();
    /// # drop(heap);
    /// ```
    pub fn builder() -> HeapBuilder {
        HeapBuilder { options: Options::default() }
    }

    /// Opens a mutation: runs `f` with the right to make, read and change objects.
    ///
    /// **While any thread is inside a mutation of a heap no collection of it can take effect.** Keep mutations
    /// short: leave and enter again in long loops ([`mutate_loop`](Self::mutate_loop)), and do not block in
    /// them. Leaving the outermost mutation is the safepoint at which a cycle may run.
    ///
    /// A mutation may be opened inside another one, of this heap or of others; it has a brand of its own, and
    /// leaving it is no safepoint. A thread attaches to the heap with its first mutation and detaches when it
    /// ends. If `f` panics the mutation ends and the heap stays usable.
    ///
    /// Entering and leaving takes a few nanoseconds, the fewest in a [`Mutator`]; more for a thread that goes to and fro
    /// between heaps. Entering waits while a collection is taking place.
    ///
    /// # Panics
    ///
    /// In the child of a `fork` in which the heap [has lost threads](Self#threads-that-others-have-started-forks-signals).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let sum = heap.mutate(|mc| {
    ///     let numbers = Gc::from_slice(mc, &[1, 2, 3]);
    ///     numbers.iter().sum::<i32>() // what is no pointer may leave
    /// });
    /// assert_eq!(sum, 6);
    /// ```
    #[track_caller]
    pub fn mutate<R>(&self, f: impl for<'gc> FnOnce(&'gc Mutation<'gc>) -> R) -> R {
        let inside = enter_heap(&self.handle.core);
        // SAFETY: the thread is inside until `inside` ends, which is after `mc`; the closure works for any brand, so the
        // one it is called with is known to nobody else.
        let mc = unsafe { Mutation::new(inside.record()) };
        let result = f(&mc);
        leave_heap(inside);
        result
    }

    /// Runs `step` again and again, each time in a mutation of its own, so that cycles can run between the
    /// steps. The state of the loop is an object: the one a step returns is passed to the next.
    ///
    /// # Panics
    ///
    /// `state` is a root of another heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use gc::{Gc, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let one: Root<u64> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, 1)));
    /// let power = heap.mutate_loop(one, |mc, n| {
    ///     if *n > 1000 { ControlFlow::Break(*n) } else { ControlFlow::Continue(Gc::new(mc, *n * 2)) }
    /// });
    /// assert_eq!(power, 1024);
    /// ```
    #[track_caller]
    pub fn mutate_loop<S: ?Sized + RebrandDst, R>(
        &self,
        state: Root<S>,
        step: impl for<'gc> FnMut(&'gc Mutation<'gc>, Gc<'gc, S::At<'gc>>) -> ControlFlow<R, Gc<'gc, S::At<'gc>>>,
    ) -> R {
        self.attach().mutate_loop(state, step)
    }

    /// Runs a full cycle that begins after the call: everything that was unreachable then is freed. The
    /// destructors that it made due run on the calling thread before it returns, so hold no lock that a
    /// destructor takes.
    ///
    /// Waits until every thread has left its mutation of this heap. So do not call it from a thread that another
    /// one waits for inside a mutation: a scoped thread, or a job of a thread pool.
    ///
    /// # Errors
    ///
    /// The calling thread is inside a mutation of any heap, or runs a destructor of an object or a hook:
    /// it would wait for itself. Or a `trace` function panicked, and nothing was freed.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let kept = heap.mutate(|mc| {
    ///     Gc::new(mc, [1, 2]);
    ///     mc.root(Gc::new(mc, [3, 4]))
    /// });
    /// let cycle = heap.collect()?;
    /// assert_eq!((cycle.live_objects, cycle.dead_objects), (1, 1));
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn collect(&self) -> Result<CycleStats, CollectError> {
        collector::collect(self.usable(), None)
    }

    /// As [`collect`](Self::collect), but gives up waiting for threads to leave their mutations after `limit`. The
    /// collection stays asked for, and takes place when they have left.
    ///
    /// # Errors
    ///
    /// As for `collect`. Or the time has passed: the error names the threads inside, and where they entered.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let heap = gc::Heap::new();
    /// assert_eq!(heap.collect_timeout(Duration::from_secs(1))?.live_objects, 0);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn collect_timeout(&self, limit: Duration) -> Result<CycleStats, CollectError> {
        collector::collect(self.usable(), Some(limit))
    }

    /// Runs everything that is due on the calling thread: destructors, finalizers and cleanups, those included that
    /// become due meanwhile; returns how many that were. What another thread is running is not waited for.
    ///
    /// A heap that was built with [`run_by_hand`](HeapBuilder::run_by_hand) runs them here and nowhere else. So hold no
    /// lock that one of them takes.
    ///
    /// # Errors
    ///
    /// The calling thread is inside a mutation of any heap, or runs a destructor, finalizer, cleanup or hook of one.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().run_by_hand(true).build();
    /// heap.mutate(|mc| {
    ///     mc.add_cleanup(Gc::new(mc, 1), "argument", |argument| assert_eq!(argument, "argument"));
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.run_pending()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn run_pending(&self) -> Result<u64, PendingError> {
        collector::run_pending(self.usable())
    }

    /// Waits until no destructor, finalizer or cleanup is due or running. In a heap that runs them
    /// [by hand](HeapBuilder::run_by_hand) this thread runs them.
    ///
    /// # Errors
    ///
    /// As for [`run_pending`](Self::run_pending).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// use gc::{Gc, Heap};
    ///
    /// let done = Arc::new(AtomicBool::new(false));
    /// let heap = Heap::new();
    /// heap.mutate(|mc| {
    ///     mc.add_cleanup(Gc::new(mc, 1), Arc::clone(&done), |done| done.store(true, Ordering::Relaxed));
    /// });
    /// heap.collect()?; // the cleanup is due
    /// heap.wait_for_pending()?;
    /// assert!(done.load(Ordering::Relaxed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn wait_for_pending(&self) -> Result<(), PendingError> {
        collector::wait_for_pending(self.usable(), None)
    }

    /// As [`wait_for_pending`](Self::wait_for_pending), but not longer than `limit`.
    ///
    /// # Errors
    ///
    /// As for `wait_for_pending`. Or the time has passed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let heap = gc::Heap::new();
    /// heap.wait_for_pending_timeout(Duration::from_secs(1))?; // nothing is due
    /// # Ok::<(), gc::PendingError>(())
    /// ```
    #[track_caller]
    pub fn wait_for_pending_timeout(&self, limit: Duration) -> Result<(), PendingError> {
        collector::wait_for_pending(self.usable(), Some(limit))
    }

    /// The core, unless the heap has lost threads.
    #[track_caller]
    pub(crate) fn usable(&self) -> &Arc<Core> {
        self.handle.core.assert_not_lost();
        &self.handle.core
    }

    /// The heap of a [door](Core::door).
    pub(crate) fn of_door(door: Arc<dyn Any + Send + Sync>) -> Self {
        Self { handle: door.downcast().expect("the door of a heap is its handle") }
    }

    #[cfg(any(all(test, not(loom)), feature = "profile", feature = "capi"))]
    pub(crate) fn core(&self) -> &Core {
        &self.handle.core
    }

    /// The record of the calling thread, which is attached if need be.
    #[cfg(feature = "capi")]
    pub(crate) fn record(&self) -> std::rc::Rc<crate::mutator::Record> {
        crate::mutator::record_of_this_thread(&self.handle.core)
    }

    /// What keeps the heap open.
    pub(crate) fn open(&self) -> Arc<Open> {
        Arc::clone(&self.handle.open)
    }
}

impl Mutation<'_> {
    /// The heap that the mutation is of: for its statistics, for another mutation beside this one, or, by
    /// [`downgrade`](Heap::downgrade), for what has to find it later.
    ///
    /// As long as this mutation is open what would wait for its end is refused, with an error that says where it was
    /// entered: [`collect`](Heap::collect), [`run_pending`](Heap::run_pending), [`census`](Heap::census), and their like. And
    /// [`stats`](Heap::stats) are without what is allocated in it.
    ///
    /// A handle keeps the heap open, and it does in an object, too: for ever. Keep a [`WeakHeap`] there, or, as every mutation
    /// knows its heap, nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{CollectError, Gc, Heap, Mutation};
    ///
    /// fn report(mc: &Mutation<'_>) -> String {
    ///     let stats = mc.heap().stats();
    ///     format!("{} cycles, {} bytes", stats.cycles, stats.live_bytes)
    /// }
    ///
    /// let heap = Heap::new();
    /// let kept = heap.mutate(|mc| mc.root(Gc::new(mc, [0_u64; 8])));
    /// heap.collect()?;
    /// heap.mutate(|mc| {
    ///     assert_eq!(mc.heap(), heap);
    ///     assert_eq!(report(mc), "1 cycles, 64 bytes");
    ///     assert!(matches!(mc.heap().collect(), Err(CollectError::InsideMutation { .. })));
    /// });
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn heap(&self) -> Heap {
        let door = self.record().core.door();
        Heap::of_door(door.expect("whoever has opened a mutation has a handle until it ends"))
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for Heap {
    /// Whether both are handles of one heap.
    fn eq(&self, other: &Self) -> bool {
        self.handle.core.id == other.handle.core.id
    }
}
impl Eq for Heap {}

impl fmt::Debug for Heap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Heap({})", self.handle.core.roots.describe())
    }
}

impl HeapBuilder {
    /// Makes the heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Heap, HeapBuilder};
    ///
    /// let builder: HeapBuilder = Heap::builder().name("one of two");
    /// let (one, other) = (builder.clone().build(), builder.build());
    /// assert_ne!(one, other);
    /// ```
    pub fn build(self) -> Heap {
        let core = Core::new(self.options);
        #[cfg(feature = "profile")]
        core.memory.specials.profiler.set_rate(core.options.profile_rate);
        let open = Arc::new(Open { core: Arc::clone(&core) });
        let handle = Arc::new(Handle { core, open });
        let door = Arc::downgrade(&handle);
        handle.core.set_door(door);
        Heap { handle }
    }
}
