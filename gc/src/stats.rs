//! Counters, and the snapshots that a program reads.

use std::time::Duration;

use crate::sync::{AtomicI64, AtomicU64, Ordering};

/// A snapshot of a heap. See [`Heap::stats`](crate::Heap::stats).
///
/// "Objects" counts slots, "bytes" the bytes of slots; what objects own elsewhere (the contents of a `Vec`) is
/// not counted. Allocations of a mutation that is still open are not counted yet.
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
    /// Bytes of pages in which objects may lie.
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
    /// Bytes that objects own elsewhere, as reported by [`Mutation::report_external`](crate::Mutation::report_external).
    pub external_bytes: u64,
    /// Allocations that had to look up where objects of their type go; a steadily growing number means that two
    /// types in use share a place in a table, which costs time and nothing else.
    pub class_misses: u64,
    /// Root slots in use; clones of a [`Root`](crate::Root) share one.
    pub roots: usize,
    /// Panics of destructors, which were caught.
    pub destructor_panics: u64,
    /// Longest time for which a cycle kept threads from entering a mutation.
    pub longest_pause: Duration,
}

impl Stats {
    /// Objects that take a slot: live, dead and not yet found so, or doomed.
    pub fn objects(&self) -> u64 {
        self.objects_allocated.saturating_sub(self.objects_freed)
    }

    /// Bytes of the slots of [`objects`](Self::objects).
    pub fn bytes(&self) -> u64 {
        self.bytes_allocated.saturating_sub(self.bytes_freed)
    }
}

/// What one cycle did. See [`Heap::collect`](crate::Heap::collect).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CycleStats {
    /// Objects found reachable.
    pub live_objects: u64,
    /// Bytes of their slots.
    pub live_bytes: u64,
    /// Objects found dead: freed, or their destructors made due.
    pub dead_objects: u64,
    /// Objects of these whose destructors the caller of `collect` ran.
    pub destructors_run: u64,
    /// Time until every thread had left its mutation.
    pub stopping: Duration,
    /// Time spent marking.
    pub marking: Duration,
    /// Time that the caller of `collect` spent sweeping.
    pub sweeping: Duration,
}

/// The counters of memory. Each is exact; two of them read one after the other may be of different moments.
///
/// All relaxed: nothing is concluded from a counter about anything else.
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
    /// Allocations that had to look their class up.
    pub(crate) class_misses: AtomicU64,
    /// Bytes that objects own elsewhere, as the program has reported.
    external_bytes: AtomicI64,
}

impl Counters {
    pub(crate) fn note_claimed(&self, bytes: u64) {
        self.bytes_claimed.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn bytes_claimed(&self) -> u64 {
        self.bytes_claimed.load(Ordering::Relaxed)
    }

    /// What the program reports that objects own elsewhere. More of it brings the next cycle nearer, as if it
    /// had been allocated.
    pub(crate) fn note_external(&self, bytes: i64) {
        self.external_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.note_claimed(u64::try_from(bytes).unwrap_or(0));
    }

    pub(crate) fn external_bytes(&self) -> u64 {
        u64::try_from(self.external_bytes.load(Ordering::Relaxed)).unwrap_or(0)
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

    pub(crate) fn note_freed(&self, objects: u64, slot_bytes: u64) {
        self.objects_freed.fetch_add(objects, Ordering::Relaxed);
        self.bytes_freed.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    pub(crate) fn note_doomed(&self, objects: u64, slot_bytes: u64) {
        self.objects_doomed.fetch_add(objects, Ordering::Relaxed);
        self.bytes_doomed.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    /// Doomed objects whose destructors have run.
    pub(crate) fn note_buried(&self, objects: u64, slot_bytes: u64) {
        self.objects_doomed.fetch_sub(objects, Ordering::Relaxed);
        self.bytes_doomed.fetch_sub(objects * slot_bytes, Ordering::Relaxed);
        self.note_freed(objects, slot_bytes);
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
    pub(crate) longest_pause: Duration,
}
