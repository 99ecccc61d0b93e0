//! The door: what a program does with a heap as a whole.

use core::any::Any;
use core::fmt;
use core::ops::ControlFlow;
use core::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use crate::builder::HeapBuilder;
use crate::collector;
use crate::error::{CollectError, PendingError};
use crate::finalizer_report::FinalizerCycle;
use crate::mutator::{Core, Entry, Mutation, MutatorOfAnyThread, OtherThread, Record, record_of_this_thread};
use crate::options::Options;
use crate::pin_report::PinnedObject;
use crate::pointer::{Gc, Root, WeakRoot};
use crate::stats::{CycleStats, Stats};
use crate::sync::{Arc, Weak};
use crate::trace::RebrandDst;
use crate::zeal::ZEAL;

/// A garbage-collected heap, shared by any number of threads.
///
/// Objects are made and used inside [`mutate`](Self::mutate). Handles are cheap to clone; when the last one is
/// dropped all objects are dropped and the memory is given back, by the thread that drops it. With two exceptions: if
/// another thread is running destructors of the heap that one does the rest, and is waited for as long as they end
/// one after the other, but not more than a second for any; and inside a mutation, of another heap, a new thread does
/// it, which is not waited for. [`Root`]s and [`WeakHeap`]s do not keep a heap; [`Pinned`](crate::Pinned) objects do.
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
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A heap with options.
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
    #[track_caller]
    pub fn mutate<R>(&self, f: impl for<'gc> FnOnce(&'gc Mutation<'gc>) -> R) -> R {
        mutate_with(&record_of_this_thread(&self.handle.core), f)
    }

    /// Attaches the calling thread, which saves the look-up in each of its mutations.
    #[track_caller]
    pub fn attach(&self) -> Mutator {
        Mutator { record: record_of_this_thread(self.usable()), heap: self.clone() }
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
    /// let one: Root<u64> = heap.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    /// let power = heap.mutate_loop(one, |mc, n| {
    ///     if *n > 1000 { ControlFlow::Break(*n) } else { ControlFlow::Continue(Gc::new(mc, *n * 2)) }
    /// });
    /// assert_eq!(power, 1024);
    /// ```
    #[track_caller]
    pub fn mutate_loop<S: ?Sized + RebrandDst, R>(
        &self,
        state: Root<S>,
        mut step: impl for<'gc> FnMut(
            &'gc Mutation<'gc>,
            Gc<'gc, S::At<'gc>>,
        ) -> ControlFlow<R, Gc<'gc, S::At<'gc>>>,
    ) -> R {
        let mut state = state;
        let record = record_of_this_thread(&self.handle.core);
        loop {
            let flow = mutate_with(&record, |mc| match step(mc, state.get(mc)) {
                ControlFlow::Continue(next) => ControlFlow::Continue(Root::new(mc, next)),
                ControlFlow::Break(result) => ControlFlow::Break(result),
            });
            match flow {
                ControlFlow::Continue(next) => state = next,
                ControlFlow::Break(result) => return result,
            }
        }
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
    #[track_caller]
    pub fn wait_for_pending(&self) -> Result<(), PendingError> {
        collector::wait_for_pending(self.usable(), None)
    }

    /// As [`wait_for_pending`](Self::wait_for_pending), but not longer than `limit`.
    ///
    /// # Errors
    ///
    /// As for `wait_for_pending`. Or the time has passed.
    #[track_caller]
    pub fn wait_for_pending_timeout(&self, limit: Duration) -> Result<(), PendingError> {
        collector::wait_for_pending(self.usable(), Some(limit))
    }

    /// A snapshot of the heap's counters. What threads inside a mutation have allocated in it is not in.
    #[track_caller]
    pub fn stats(&self) -> Stats {
        let core = self.usable();
        core.gate.count();
        let totals = core.totals.lock().clone();
        // Run first: what has run was queued before.
        let (finalizers_run, cleanups_run) = core.work.lock().calling.run();
        let mut stats = core.memory.stats();
        (stats.finalizers_run, stats.cleanups_run) = (finalizers_run, cleanups_run);
        stats.live_objects = totals.live_objects;
        stats.live_bytes = totals.live_bytes;
        stats.cycles = totals.cycles;
        stats.cycles_automatic = totals.cycles_automatic;
        stats.destructor_panics = totals.destructor_panics;
        stats.finalizer_panics = totals.finalizer_panics;
        stats.cleanup_panics = totals.cleanup_panics;
        stats.pauses = totals.pauses;
        stats.attached_threads = core.gate.n_members();
        stats.roots = core.roots.len();
        stats.age = core.pacer.age();
        stats
    }

    /// Checks every invariant of the heap's memory, slowly: for tests.
    ///
    /// # Panics
    ///
    /// An invariant does not hold, because of a fault of this crate or of an `unsafe impl Trace`.
    #[track_caller]
    pub fn verify(&self) {
        collector::verify(self.usable());
    }

    /// Gives all memory that no object takes back to the system; returns how many bytes that were. Collect
    /// first, so that dead objects take none. The next allocations are slower, as their memory is fresh.
    #[track_caller]
    pub fn trim(&self) -> usize {
        collector::trim_all(self.usable())
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
    pub(crate) fn record(&self) -> Rc<Record> {
        record_of_this_thread(&self.handle.core)
    }

    /// What keeps the heap open.
    pub(crate) fn open(&self) -> Arc<Open> {
        Arc::clone(&self.handle.open)
    }

    /// The objects that are pinned, by address: see [`Pinned`](crate::Pinned). For a look at what keeps a heap; the
    /// time is linear in the spans that have records.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// std::mem::forget(heap.mutate(|mc| mc.pin(Gc::new(mc, 7_u64)))); // oops
    /// let pins = heap.pins();
    /// assert_eq!((pins[0].type_name, pins[0].count), ("u64", 1));
    /// ```
    #[track_caller]
    pub fn pins(&self) -> Vec<PinnedObject> {
        collector::pins(self.usable())
    }

    /// Whether something leads to the target of a weak root, from a root, a pin or a finalizer that is due, after a
    /// full collection: for tests of what a program keeps. Of several targets each can be asked by
    /// [`WeakRoot::get`] after one collection.
    ///
    /// (The hook that Go's own tests have.)
    ///
    /// # Errors
    ///
    /// As for [`collect`](Self::collect).
    ///
    /// # Panics
    ///
    /// The weak root is of another heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (root, weak) = heap.mutate(|mc| {
    ///     let gc = Gc::new(mc, 7_u64);
    ///     (mc.root(gc), mc.weak_root(Gc::downgrade(gc, mc)))
    /// });
    /// assert!(heap.is_reachable(&weak)?);
    /// drop(root);
    /// assert!(!heap.is_reachable(&weak)?);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn is_reachable<T: ?Sized + RebrandDst>(&self, target: &WeakRoot<T>) -> Result<bool, CollectError> {
        self.collect()?;
        Ok(self.mutate(|mc| target.get(mc).is_some()))
    }

    /// Cycles of references that contain an object with a [finalizer](Mutation::set_finalizer), after a collection: the
    /// finalizer never runs, and the objects are never freed, whether the program still uses them or not. At most 50
    /// are told of, each by a shortest way from the object back to itself. For tests and for the search of a leak: the
    /// world is stopped while all is visited that objects with finalizers lead to.
    ///
    /// What a finalizer's closure owns is not looked into: a [`Root`](crate::Root) in it keeps its object, too.
    ///
    /// (Go's debug mode `checkfinalizers`.)
    ///
    /// # Errors
    ///
    /// As for [`collect`](Self::collect).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap, Trace};
    ///
    /// #[derive(Trace)]
    /// struct File<'gc> {
    ///     directory: GcCell<Option<Gc<'gc, Directory<'gc>>>>,
    /// }
    ///
    /// #[derive(Trace)]
    /// struct Directory<'gc> {
    ///     file: Gc<'gc, File<'gc>>,
    /// }
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| {
    ///     let file = Gc::new(mc, File { directory: GcCell::new(None) });
    ///     file.directory.set(mc, Some(Gc::new(mc, Directory { file }))); // oops
    ///     mc.set_finalizer(file, |_file| println!("closed")).unwrap();
    /// });
    /// let cycles = heap.finalizer_cycles()?;
    /// assert_eq!(cycles[0].objects.len(), 2);
    /// println!("{}", cycles[0]); // a finalizer never runs, as its object refers to itself: ...
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn finalizer_cycles(&self) -> Result<Vec<FinalizerCycle>, CollectError> {
        collector::finalizer_cycles(self.usable())
    }

    /// A handle that does not keep the heap.
    pub fn downgrade(&self) -> WeakHeap {
        WeakHeap { handle: Arc::downgrade(&self.handle) }
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

#[track_caller]
fn mutate_with<R>(record: &Rc<Record>, f: impl for<'gc> FnOnce(&'gc Mutation<'gc>) -> R) -> R {
    if record.has_dues() {
        collector::before_entry(record);
    }
    let inside = record.enter(Entry::Own, Location::caller());
    // SAFETY: the thread is inside until `inside` ends, which is after `mc`; the closure works for any brand, so the
    // one it is called with is known to nobody else.
    let mc = unsafe { Mutation::new(record) };
    let result = f(&mc);
    if inside.leave() || ZEAL && record.is_outside() {
        collector::at_safepoint(&record.core);
    }
    result
}

/// A thread attached to a heap. See [`Heap::attach`].
///
/// Keeps the heap open. It belongs to its thread: it is neither `Send` nor `Sync`.
pub struct Mutator {
    record: Rc<Record>,
    heap: Heap,
}

// SAFETY: on no condition, as nothing implements the trait.
#[doc(hidden)]
unsafe impl Send for Mutator where for<'any> OtherThread<'any>: MutatorOfAnyThread {}
// SAFETY: as above.
#[doc(hidden)]
unsafe impl Sync for Mutator where for<'any> OtherThread<'any>: MutatorOfAnyThread {}

impl Mutator {
    /// Opens a mutation: as [`Heap::mutate`].
    #[track_caller]
    pub fn mutate<R>(&mut self, f: impl for<'gc> FnOnce(&'gc Mutation<'gc>) -> R) -> R {
        mutate_with(&self.record, f)
    }

    /// The heap.
    pub fn heap(&self) -> &Heap {
        &self.heap
    }
}

impl fmt::Debug for Mutator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mutator({})", self.record.core.roots.describe())
    }
}

/// A handle that does not keep its heap open: for objects, closures and destructors that need the heap.
#[derive(Clone)]
pub struct WeakHeap {
    handle: Weak<Handle>,
}

impl WeakHeap {
    /// The heap, unless its last handle is gone.
    pub fn upgrade(&self) -> Option<Heap> {
        self.handle.upgrade().map(|handle| Heap { handle })
    }
}

impl fmt::Debug for WeakHeap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.upgrade() {
            Some(heap) => write!(f, "WeakHeap({})", heap.handle.core.roots.describe()),
            None => f.write_str("WeakHeap(closed)"),
        }
    }
}

impl HeapBuilder {
    /// Makes the heap.
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
