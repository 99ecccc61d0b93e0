//! What a program reads of one cycle.

use std::time::Duration;

use crate::stall::ThreadInside;

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
    /// Which cycle of the heap, from 1.
    pub number: u64,
    /// Whether it started by itself.
    pub automatic: bool,
    /// How old the heap was when the pause began.
    pub began: Duration,
    /// For how long threads could not enter: `stopping`, `marking` and what little there is besides.
    pub pause: Duration,
    /// Objects found reachable.
    pub live_objects: u64,
    /// Bytes of their slots.
    pub live_bytes: u64,
    /// Bytes that objects own elsewhere, when the pause ended.
    pub owned_bytes: u64,
    /// Bytes of pages in which objects may lie, when the pause ended: nothing was swept yet.
    pub bytes_in_use: usize,
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
