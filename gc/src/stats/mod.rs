//! What a program reads of a heap: a snapshot of its counters.

mod counters;
mod cycle;
mod histogram;
mod pauses;

pub(crate) use counters::{Counters, Totals};
pub use cycle::CycleStats;
pub use histogram::Histogram;
pub use pauses::PauseStats;

use std::time::Duration;

/// A snapshot of a heap. See [`Heap::stats`](crate::Heap::stats).
///
/// "Objects" counts slots, "bytes" the bytes of slots; what objects own elsewhere (the contents of a `Vec`) is
/// in [`owned_bytes`](Self::owned_bytes) only. Allocations of a mutation that is still open are not counted yet.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Stats};
///
/// let heap = Heap::new();
/// let root = heap.mutate(|mc| mc.root(Gc::new(mc, vec![0_u8; 1000])));
/// heap.collect()?;
/// let stats: Stats = heap.stats();
/// assert_eq!((stats.live_objects, stats.live_bytes, stats.owned_bytes), (1, 24, 1000));
/// assert_eq!((stats.cycles, stats.roots), (1, 1));
/// # drop(root);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Objects allocated since the heap was made.
    pub objects_allocated: u64,
    /// Bytes allocated since the heap was made.
    pub bytes_allocated: u64,
    /// Objects freed since the heap was made: their slots can be used again, their destructors have run.
    pub objects_freed: u64,
    /// Bytes freed since the heap was made.
    pub bytes_freed: u64,
    /// Dead objects that wait for their destructors.
    pub objects_doomed: u64,
    /// Bytes of dead objects that wait for their destructors.
    pub bytes_doomed: u64,
    /// Cycles done, those of [`Heap::collect`](crate::Heap::collect) included.
    pub cycles: u64,
    /// Cycles of those that started by themselves.
    pub cycles_automatic: u64,
    /// Time that threads have spent sweeping, all together.
    pub sweep_time: Duration,
    /// Spans: runs of pages that are cut into slots of one kind, or hold one large object.
    pub spans: usize,
    /// Bytes of pages in which objects may lie: those of spans.
    pub bytes_in_use: usize,
    /// Bytes of free pages with memory behind them.
    pub bytes_idle: usize,
    /// Bytes of free pages without: never used, or given back to the system.
    pub bytes_returned: usize,
    /// Bytes of address space reserved. Most of it is backed by memory only when used.
    pub bytes_reserved: usize,
    /// Objects that the last cycle found reachable.
    pub live_objects: u64,
    /// Bytes of their slots.
    pub live_bytes: u64,
    /// Bytes that objects own elsewhere, but for the dead: the capacity of their vectors, strings and maps, what
    /// [`External`](crate::External) fields say, and what else [`Trace::owned`](crate::Trace::owned) tells. Exact after
    /// [`Heap::collect`](crate::Heap::collect), except for maps, which do not tell their capacity exactly.
    pub owned_bytes: u64,
    /// Bytes that dead objects own that wait for their destructors.
    pub owned_bytes_doomed: u64,
    /// Allocations that had to look up where objects of their type go; a steadily growing number means that two
    /// types in use share a place in a table, which costs time and nothing else.
    pub class_misses: u64,
    /// Root slots in use; clones of a [`Root`](crate::Root) share one.
    pub roots: usize,
    /// Panics of destructors, which were caught.
    pub destructor_panics: u64,
    /// Finalizers that have become due since the heap was made.
    pub finalizers_queued: u64,
    /// Finalizers of these that have run, or panicked.
    pub finalizers_run: u64,
    /// Panics of finalizers, which were caught.
    pub finalizer_panics: u64,
    /// Cleanups that have become due since the heap was made.
    pub cleanups_queued: u64,
    /// Cleanups of these that have run, or panicked.
    pub cleanups_run: u64,
    /// Panics of cleanups, which were caught.
    pub cleanup_panics: u64,
    /// Pins that have not ended: see [`Pinned`](crate::Pinned).
    pub pins: u64,
    /// Places in objects that weak pointers have been made to.
    pub weak_targets: u64,
    /// Finalizers that are not due.
    pub finalizers: u64,
    /// Cleanups that are not due.
    pub cleanups: u64,
    /// Threads that are attached: those that have used the heap and not ended.
    pub attached_threads: usize,
    /// For how long cycles kept threads from entering a mutation.
    pub pauses: PauseStats,
    /// For how long the heap exists.
    pub age: Duration,
}

impl Stats {
    /// Objects that take a slot: live, dead and not yet found so, or doomed.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| (0..10).for_each(|number| _ = Gc::new(mc, number)));
    /// assert_eq!(heap.stats().objects(), 10);
    /// heap.collect()?;
    /// assert_eq!(heap.stats().objects(), 0);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn objects(&self) -> u64 {
        self.objects_allocated.saturating_sub(self.objects_freed)
    }

    /// Bytes of the slots of [`objects`](Self::objects).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| _ = Gc::new(mc, [0_u64; 8]));
    /// assert_eq!(heap.stats().bytes(), 64);
    /// ```
    pub fn bytes(&self) -> u64 {
        self.bytes_allocated.saturating_sub(self.bytes_freed)
    }

    /// Cycles that the program has asked for with [`Heap::collect`](crate::Heap::collect).
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// heap.collect()?;
    /// assert_eq!(heap.stats().cycles_forced(), 1);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn cycles_forced(&self) -> u64 {
        self.cycles - self.cycles_automatic
    }

    /// Bytes allocated in a second, on average since the heap was made.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// heap.mutate(|mc| _ = Gc::new(mc, 7));
    /// assert!(heap.stats().allocation_rate() > 0.0);
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn allocation_rate(&self) -> f64 {
        self.bytes_allocated as f64 / self.age.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The share of the heap's time that went into pauses and sweeping, from 0 to 1. Sweeping counts although it keeps
    /// nobody waiting but the thread that does it; a second of two threads is two.
    ///
    /// Where a limit makes cycles come often they stop at about one half.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// heap.collect()?;
    /// assert!((0.0..=1.0).contains(&heap.stats().collector_share()));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn collector_share(&self) -> f64 {
        self.pauses.collector_share(self.sweep_time, self.age)
    }

    /// The share of the [bytes in use](Self::bytes_in_use) that no object takes, from 0 to 1; 0 for an empty heap.
    ///
    /// These bytes are free slots, and what is left at the end of a span. Objects never move, and a span
    /// gives its pages back only when it is empty: where few objects are left on many pages the share is near 1
    /// after a cycle, and the memory can be used only for objects of the same kinds. Before a cycle dead objects
    /// hide it, as they take their slots until they are swept.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let kept: Vec<_> = heap.mutate(|mc| {
    ///     let objects: Vec<_> = (0..10_000_u64).map(|number| Gc::new(mc, [number; 4])).collect();
    ///     objects.iter().step_by(100).map(|&object| mc.root(object)).collect() // one on each page or so
    /// });
    /// heap.collect()?;
    /// assert!(heap.stats().fragmentation() > 0.9);
    /// # drop(kept);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    pub fn fragmentation(&self) -> f64 {
        let free = (self.bytes_in_use as u64).saturating_sub(self.bytes());
        free as f64 / self.bytes_in_use.max(1) as f64
    }
}
