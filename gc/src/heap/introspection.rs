//! What a heap tells of itself: counters, what keeps its objects, whether all is well.

use super::Heap;
use crate::collector;
use crate::error::CollectError;
use crate::finalizer_report::FinalizerCycle;
use crate::pin_report::PinnedObject;
use crate::pointer::WeakRoot;
use crate::stats::{CycleStats, Stats};
use crate::trace::RebrandDst;

impl Heap {
    /// A snapshot of the heap's counters. What threads inside a mutation have allocated in it is not in.
    ///
    /// Costs some microseconds, and a look at each span in which objects have weak pointers, finalizers, cleanups or pins.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| (0..10).for_each(|number| _ = Gc::new(mc, number)));
    /// assert_eq!(heap.stats().objects_allocated, 10);
    /// ```
    #[track_caller]
    pub fn stats(&self) -> Stats {
        let core = self.usable();
        core.gate.count();
        // Run first: what has run was queued before.
        let (finalizers_run, cleanups_run) = core.work.lock().calling.run();
        let mut stats = core.memory.stats();
        core.totals.lock().add_to(&mut stats);
        (stats.finalizers_run, stats.cleanups_run) = (finalizers_run, cleanups_run);
        stats.attached_threads = core.gate.n_members();
        stats.roots = core.roots.len();
        stats.age = core.pacer.age();
        stats
    }

    /// How many bytes objects may still take below the [limit](crate::HeapBuilder::limit_bytes): see
    /// [`Mutation::bytes_left`](crate::Mutation::bytes_left).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// assert_eq!(heap.bytes_left(), 1 << 20);
    /// heap.mutate(|mc| _ = Gc::from_slice(mc, &[0_u8; 100_000]));
    /// assert!(heap.bytes_left() < 1 << 20);
    /// heap.collect()?;
    /// assert_eq!(heap.bytes_left(), 1 << 20);
    /// assert_eq!(Heap::new().bytes_left(), usize::MAX);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn bytes_left(&self) -> usize {
        self.usable().memory.bytes_left()
    }

    /// The last cycles, oldest first: all of them, or the last 256. With what their garbage was and how long they took, for a
    /// look at what happened lately; what the callers of [`collect`](Self::collect) did after a cycle is not in.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// heap.collect()?;
    /// heap.collect()?;
    /// for cycle in heap.recent_cycles() {
    ///     println!("{:.1?}: {:.1?} for {} objects", cycle.began, cycle.pause, cycle.live_objects);
    /// }
    /// assert_eq!(heap.recent_cycles().iter().map(|cycle| cycle.number).collect::<Vec<_>>(), [1, 2]);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn recent_cycles(&self) -> Vec<CycleStats> {
        self.usable().totals.lock().recent()
    }

    /// Checks every invariant of the heap's memory, slowly: for tests.
    ///
    /// # Panics
    ///
    /// An invariant does not hold, because of a fault of this crate or of an `unsafe impl Trace`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let root = heap.mutate(|mc| mc.root(Gc::new(mc, 7)));
    /// heap.collect()?;
    /// heap.verify();
    /// # drop(root);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn verify(&self) {
        collector::verify(self.usable());
    }

    /// Gives all memory that no object takes back to the system; returns how many bytes that were. Collect
    /// first, so that dead objects take none. The next allocations are slower, as their memory is fresh.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| _ = Gc::from_slice(mc, &vec![1_u8; 8 << 20]));
    /// heap.collect()?;
    /// println!("{} bytes given back", heap.trim());
    /// assert_eq!(heap.stats().bytes_idle, 0);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn trim(&self) -> usize {
        collector::trim_all(self.usable())
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

    /// Cycles of references that contain an object with a [finalizer](crate::Mutation::set_finalizer), after a collection: the
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
}
