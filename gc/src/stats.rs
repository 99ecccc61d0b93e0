//! Counters, and the snapshots that a program reads.

use std::time::Duration;

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
    /// Objects that were dead in the last cycle and wait for their destructors.
    pub objects_doomed: u64,
    /// Cycles done, those of [`Heap::collect`](crate::Heap::collect) included.
    pub cycles: u64,
    /// Cycles of those that started by themselves.
    pub cycles_automatic: u64,
    /// Bytes of pages in which objects may lie.
    pub bytes_in_use: usize,
    /// Bytes of address space reserved. Most of it is backed by memory only when used.
    pub bytes_reserved: usize,
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
        self.objects_allocated - self.objects_freed
    }

    /// Bytes of the slots of [`objects`](Self::objects).
    pub fn bytes(&self) -> u64 {
        self.bytes_allocated - self.bytes_freed
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
    /// Time spent sweeping.
    pub sweeping: Duration,
}

/// The counters that a heap keeps, all under one lock so that they agree with each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) objects_allocated: u64,
    pub(crate) bytes_allocated: u64,
    pub(crate) objects_freed: u64,
    pub(crate) bytes_freed: u64,
    pub(crate) objects_doomed: u64,
    /// What `bytes_allocated` may reach before the next automatic cycle.
    pub(crate) next_cycle_at: u64,
    pub(crate) cycles: u64,
    pub(crate) cycles_automatic: u64,
    pub(crate) destructor_panics: u64,
    pub(crate) longest_pause: Duration,
}
