//! The door: what a program does with a heap as a whole.

use core::fmt;
use core::marker::PhantomData;
use core::ops::ControlFlow;
use core::panic::Location;
use std::rc::Rc;

use crate::collector;
use crate::error::CollectError;
use crate::mutator::{Core, Mutation, Record};
use crate::options::Options;
use crate::pointer::{Gc, Root};
use crate::stats::{CycleStats, Stats};
use crate::sync::Arc;
use crate::trace::RebrandDst;

/// A garbage-collected heap, shared by any number of threads.
///
/// Objects are made and used inside [`mutate`](Self::mutate). Handles are cheap to clone; when the last one is
/// dropped all objects are dropped and the memory is given back: by the thread that drops it, or, if another
/// thread runs a destructor of the heap that does not end within a second, by that one. [`Root`]s and
/// [`WeakHeap`]s do not keep a heap.
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

/// What the last handle ends.
struct Handle {
    core: Arc<Core>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        collector::close(&self.core);
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
        mutate_with(&Record::of_this_thread(&self.handle.core), f)
    }

    /// Attaches the calling thread, which saves the look-up in each of its mutations.
    pub fn attach(&self) -> Mutator {
        Mutator {
            record: Record::of_this_thread(&self.handle.core),
            heap: self.clone(),
            thread_bound: PhantomData,
        }
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
        let record = Record::of_this_thread(&self.handle.core);
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
    /// The calling thread is inside a mutation of any heap, or runs a destructor of an object: it would wait
    /// for itself. Or a `trace` function panicked, and nothing was freed.
    pub fn collect(&self) -> Result<CycleStats, CollectError> {
        collector::collect(&self.handle.core)
    }

    /// A snapshot of the heap's counters. What threads inside a mutation have allocated in it is not in.
    pub fn stats(&self) -> Stats {
        let core = &self.handle.core;
        core.gate.count();
        let totals = core.totals.lock().clone();
        let mut stats = core.memory.stats();
        stats.live_objects = totals.live_objects;
        stats.live_bytes = totals.live_bytes;
        stats.cycles = totals.cycles;
        stats.cycles_automatic = totals.cycles_automatic;
        stats.destructor_panics = totals.destructor_panics;
        stats.longest_pause = totals.longest_pause;
        stats.roots = core.roots.len();
        stats
    }

    /// Checks every invariant of the heap's memory, slowly: for tests.
    ///
    /// # Panics
    ///
    /// An invariant does not hold, because of a fault of this crate or of an `unsafe impl Trace`.
    pub fn verify(&self) {
        self.handle.core.memory.verify(false);
    }

    /// Gives all memory that no object takes back to the system; returns how many bytes that were. Collect
    /// first, so that dead objects take none. The next allocations are slower, as their memory is fresh.
    pub fn trim(&self) -> usize {
        self.handle.core.memory.trim(0)
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
    let result = {
        let _inside = record.enter(Location::caller());
        // SAFETY: the thread is inside until `_inside` is dropped, which is after `mc`; the closure works for
        // any brand, so the one it is called with is known to nobody else.
        let mc = unsafe { Mutation::new(record) };
        f(&mc)
    };
    if record.is_outside() {
        collector::at_safepoint(&record.core, record.take_due());
    }
    result
}

/// A thread attached to a heap. See [`Heap::attach`].
///
/// Keeps the heap open. It belongs to its thread: it is neither `Send` nor `Sync`.
pub struct Mutator {
    record: Rc<Record>,
    heap: Heap,
    thread_bound: PhantomData<*mut ()>,
}

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
    handle: std::sync::Weak<Handle>,
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

/// Options of a heap. See [`Heap::builder`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap};
///
/// let heap = Heap::builder().name("sessions").limit_bytes(1 << 20).build();
/// let error = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
/// assert!(error.is_limit());
/// ```
#[derive(Clone, Debug)]
#[must_use = "a heap is made by `build`"]
pub struct HeapBuilder {
    options: Options,
}

impl HeapBuilder {
    /// A name for messages.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = Some(name.into());
        self
    }

    /// The most bytes of memory that objects may take, in whole pages; none by default. Beyond it
    /// [`Gc::try_new`] returns an error and [`Gc::new`] panics.
    pub fn limit_bytes(mut self, bytes: usize) -> Self {
        self.options.limit_bytes = bytes;
        self
    }

    /// Bytes of live objects and garbage that cycles should keep below, by starting earlier. Unlike
    /// [`limit_bytes`](Self::limit_bytes) it may be exceeded. None by default.
    pub fn soft_limit_bytes(mut self, bytes: usize) -> Self {
        self.options.soft_limit_bytes = bytes;
        self
    }

    /// By how much the heap may grow over what the last cycle found live before the next one starts; 100 by
    /// default, which bounds garbage by as much as is live.
    pub fn growth_percent(mut self, percent: u32) -> Self {
        self.options.growth_percent = percent;
        self
    }

    /// Bytes below which no cycle starts by itself; 32 MiB by default.
    pub fn min_heap_bytes(mut self, bytes: usize) -> Self {
        self.options.min_heap_bytes = bytes;
        self
    }

    /// Whether cycles start by themselves; they do by default. Without, only [`Heap::collect`] frees.
    pub fn automatic(mut self, automatic: bool) -> Self {
        self.options.automatic = automatic;
        self
    }

    /// Makes the heap.
    pub fn build(self) -> Heap {
        Heap { handle: Arc::new(Handle { core: Core::new(self.options) }) }
    }
}
