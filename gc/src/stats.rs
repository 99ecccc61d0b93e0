//! Counters, and the snapshots that a program reads.

use std::time::{Duration, Instant};

use crate::callback::CallbackKind;
use crate::owned::OwnedSums;
use crate::stall::ThreadInside;
use crate::sync::{AtomicU64, Ordering};

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
        let collector = self.pauses.total + self.pauses.failed + self.sweep_time;
        (collector.as_secs_f64() / self.age.as_secs_f64().max(f64::MIN_POSITIVE)).min(1.0)
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

/// What one cycle did. See [`Heap::collect`](crate::Heap::collect).
///
/// # Examples
///
/// ```
/// use gc::{CycleStats, Gc, Heap};
///
/// let heap = Heap::new();
/// let kept = heap.mutate(|mc| {
///     Gc::new(mc, 1);
///     mc.root(Gc::new(mc, 2))
/// });
/// let cycle: CycleStats = heap.collect()?;
/// assert_eq!((cycle.live_objects, cycle.dead_objects), (1, 1));
/// assert!(cycle.waited_for.is_none()); // no thread was inside a mutation
/// # drop(kept);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CycleStats {
    /// Objects found reachable.
    pub live_objects: u64,
    /// Bytes of their slots.
    pub live_bytes: u64,
    /// Objects found unreachable: freed, their destructors made due, or revived by a finalizer.
    pub dead_objects: u64,
    /// Objects whose destructors the caller of `collect` ran.
    pub destructors_run: u64,
    /// Objects whose destructors were due when the cycle was over, and have not run: other threads run them, and no
    /// destructor had ended for a second when `collect` gave up waiting; or they run
    /// [by hand](crate::HeapBuilder::run_by_hand).
    pub destructors_left: u64,
    /// Finalizers and cleanups that were due when `collect` returned and had not begun. They run on a thread of the
    /// heap's own, for which [`wait_for_pending`](crate::Heap::wait_for_pending) waits, or
    /// [by hand](crate::HeapBuilder::run_by_hand).
    pub callbacks_left: u64,
    /// Threads that marked, at least one.
    pub mark_threads: usize,
    /// Time until every thread had left its mutation, from the attempt that succeeded.
    pub stopping: Duration,
    /// Whose mutation that was, if there was one to wait for: the last thread to leave.
    pub waited_for: Option<ThreadInside>,
    /// Time spent marking.
    pub marking: Duration,
    /// Time that the caller of `collect` spent sweeping.
    pub sweeping: Duration,
}

/// For how long cycles kept threads from entering a mutation. See [`Stats::pauses`].
///
/// A pause goes from the closing of the gate, over the time that it took threads inside to leave and the time of marking,
/// until it was opened.
///
/// # Examples
///
/// ```
/// use gc::{Heap, PauseStats};
///
/// let heap = Heap::new();
/// heap.collect()?;
/// let pauses: PauseStats = heap.stats().pauses;
/// println!("{} pauses, of {:?} at most and in all {:?}", pauses.count, pauses.longest, pauses.total);
/// assert_eq!(pauses.count, 1);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PauseStats {
    /// Pauses, one for each cycle.
    pub count: u64,
    /// Time of all.
    pub total: Duration,
    /// The longest.
    pub longest: Duration,
    /// Time of all until every thread had left.
    pub stopping: Duration,
    /// The longest of these.
    pub longest_stopping: Duration,
    /// The last thread to leave in the longest of these: which mutation it was inside of, and how long that was
    /// waited for.
    pub waited_for: Option<ThreadInside>,
    /// Time of all spent marking.
    pub marking: Duration,
    /// The longest of these.
    pub longest_marking: Duration,
    /// Attempts that ended with threads still inside, and let everybody in again.
    pub failed_attempts: u64,
    /// Time for which these kept threads from entering.
    pub failed: Duration,
    /// How many pauses were shorter than 2^i microseconds and no shorter than half of it, by i; the last one counts
    /// all longer ones, too.
    pub histogram: [u64; 24],
}

impl PauseStats {
    /// A duration that the part `share` of all pauses did not exceed: 0.5 for the median, 0.99 for all but one in a
    /// hundred. Exact up to a factor of two; zero if there was no pause.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = gc::Heap::new();
    /// heap.collect()?;
    /// let pauses = heap.stats().pauses;
    /// assert!(pauses.quantile(0.99) <= pauses.longest);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn quantile(&self, share: f64) -> Duration {
        let mut counted = 0;
        let within = |&bucket: &usize| {
            counted += self.histogram[bucket];
            counted as f64 >= share * self.count as f64
        };
        let bucket = (0..self.histogram.len()).find(within).unwrap_or(self.histogram.len() - 1);
        Duration::from_micros(1 << bucket).min(self.longest)
    }

    pub(crate) fn note(&mut self, pause: Pause) {
        let Pause { whole, stopping, marking, waited_for } = pause;
        self.count += 1;
        self.total += whole;
        self.longest = self.longest.max(whole);
        self.stopping += stopping;
        if stopping > self.longest_stopping {
            (self.longest_stopping, self.waited_for) = (stopping, waited_for);
        }
        self.marking += marking;
        self.longest_marking = self.longest_marking.max(marking);
        let bits = (u128::BITS - whole.as_micros().leading_zeros()) as usize;
        self.histogram[bits.min(self.histogram.len() - 1)] += 1;
    }

    pub(crate) fn note_failed(&mut self, kept_out: Duration) {
        self.failed_attempts += 1;
        self.failed += kept_out;
    }
}

/// One pause.
#[derive(Debug)]
pub(crate) struct Pause {
    pub(crate) whole: Duration,
    pub(crate) stopping: Duration,
    pub(crate) marking: Duration,
    pub(crate) waited_for: Option<ThreadInside>,
}

/// The counters of memory. Each is exact; two of them read one after the other may be of different moments.
///
/// All relaxed: nothing is concluded from a counter about anything else, but from `objects_doomed` by `verify`.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Objects made, as far as mutators have told.
    pub(crate) objects_allocated: AtomicU64,
    pub(crate) bytes_allocated: AtomicU64,
    /// Bytes of slots that mutators have claimed: never less than they have allocated.
    bytes_claimed: AtomicU64,
    pub(crate) objects_freed: AtomicU64,
    pub(crate) bytes_freed: AtomicU64,
    pub(crate) objects_doomed: AtomicU64,
    pub(crate) bytes_doomed: AtomicU64,
    objects_dead: AtomicU64,
    /// Nanoseconds of sweeps.
    sweep_nanos: AtomicU64,
    /// Allocations that had to look their class up.
    pub(crate) class_misses: AtomicU64,
    /// What objects own elsewhere.
    pub(crate) owned: OwnedSums,
}

impl Counters {
    pub(crate) fn note_claimed(&self, bytes: u64) {
        self.bytes_claimed.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn bytes_claimed(&self) -> u64 {
        self.bytes_claimed.load(Ordering::Relaxed)
    }

    pub(crate) fn note_sweep(&self, started: Instant) {
        let nanos = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.sweep_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    pub(crate) fn sweep_time(&self) -> Duration {
        Duration::from_nanos(self.sweep_nanos.load(Ordering::Relaxed))
    }

    /// Bytes of objects that a cycle has found dead, when it has found `live` bytes alive. At its stop.
    pub(crate) fn dead_bytes(&self, live: u64) -> u64 {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let gone = read(&self.bytes_freed).saturating_add(read(&self.bytes_doomed)).saturating_add(live);
        read(&self.bytes_allocated).saturating_sub(gone)
    }

    /// Objects made.
    pub(crate) fn allocated(&self) -> u64 {
        self.objects_allocated.load(Ordering::Relaxed)
    }

    /// Objects that sweeps have found dead. A counter of its own: doomed ones may be becoming free ones meanwhile.
    pub(crate) fn dead(&self) -> u64 {
        self.objects_dead.load(Ordering::Relaxed)
    }

    pub(crate) fn note_dead(&self, objects: u64) {
        self.objects_dead.fetch_add(objects, Ordering::Relaxed);
    }

    pub(crate) fn note_allocated(&self, objects: u64, slot_bytes: u64) {
        self.objects_allocated.fetch_add(objects, Ordering::Relaxed);
        self.bytes_allocated.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    /// Takes back that an object was made.
    pub(crate) fn note_unmade(&self, slot_bytes: u64) {
        self.objects_allocated.fetch_sub(1, Ordering::Relaxed);
        self.bytes_allocated.fetch_sub(slot_bytes, Ordering::Relaxed);
    }

    pub(crate) fn note_freed(&self, objects: u64, slot_bytes: u64) {
        self.objects_freed.fetch_add(objects, Ordering::Relaxed);
        self.bytes_freed.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    pub(crate) fn note_doomed(&self, objects: u64, slot_bytes: u64) {
        self.objects_doomed.fetch_add(objects, Ordering::Relaxed);
        self.bytes_doomed.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    /// Dead objects that wait for their destructors.
    pub(crate) fn n_doomed(&self) -> u64 {
        self.objects_doomed.load(Ordering::Relaxed)
    }

    /// Doomed objects whose destructors have run.
    pub(crate) fn note_buried(&self, objects: u64, slot_bytes: u64) {
        self.note_freed(objects, slot_bytes);
        self.bytes_doomed.fetch_sub(objects * slot_bytes, Ordering::Relaxed);
        // Last, and release: pairs with the acquire in `Memory::verify`, which compares counters when nothing is doomed.
        self.objects_doomed.fetch_sub(objects, Ordering::Release);
    }
}

/// The counters of cycles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) cycles: u64,
    pub(crate) cycles_automatic: u64,
    pub(crate) live_objects: u64,
    pub(crate) live_bytes: u64,
    pub(crate) destructor_panics: u64,
    pub(crate) finalizer_panics: u64,
    pub(crate) cleanup_panics: u64,
    pub(crate) pauses: PauseStats,
    /// Time that had been spent sweeping when the last cycle ended.
    pub(crate) swept_before: Duration,
}

impl Totals {
    pub(crate) fn note_panic(&mut self, kind: CallbackKind) {
        *match kind {
            CallbackKind::Destructor => &mut self.destructor_panics,
            CallbackKind::Finalizer => &mut self.finalizer_panics,
            CallbackKind::Cleanup => &mut self.cleanup_panics,
        } += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Pause, PauseStats};
    use std::time::Duration;

    #[test]
    fn pauses_are_counted_by_powers_of_two() {
        let mut stats = PauseStats::default();
        for micros in [0, 1, 3, 4, 1 << 40] {
            let whole = Duration::from_micros(micros);
            stats.note(Pause { whole, stopping: whole / 2, marking: whole / 2, waited_for: None });
        }
        assert_eq!(stats.histogram[..4], [1, 1, 1, 1]);
        assert_eq!((stats.histogram[23], stats.count), (1, 5));
        assert_eq!(stats.longest, Duration::from_micros(1 << 40));
        assert_eq!(stats.longest_marking, Duration::from_micros(1 << 39));
        assert_eq!(stats.quantile(0.5), Duration::from_micros(4));
        assert_eq!(stats.quantile(0.0), Duration::from_micros(1));
    }
}
