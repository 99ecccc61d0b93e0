//! What a heap tells of itself.

use super::heap::{HeapHandle, heap_of};
use super::status::{Out, Status, call};
use crate::stats::{CycleStats, Stats};

/// A snapshot of a heap. Objects of a mutation that is still open may not be counted yet; the small objects that weak
/// pointers are made of are counted, too.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeapReport {
    /// Objects made since the heap was.
    pub objects_allocated: u64,
    /// Bytes of these.
    pub bytes_allocated: u64,
    /// Objects of these that were freed.
    pub objects_freed: u64,
    /// Bytes of these.
    pub bytes_freed: u64,
    /// Dead objects whose destructors have not run.
    pub objects_doomed: u64,
    /// Objects that the last cycle found alive.
    pub live_objects: u64,
    /// Bytes of these.
    pub live_bytes: u64,
    /// Cycles done.
    pub cycles: u64,
    /// Cycles of these that started by themselves.
    pub cycles_automatic: u64,
    /// Bytes of pages in which objects lie.
    pub bytes_in_use: u64,
    /// Bytes of free pages with memory behind them.
    pub bytes_idle: u64,
    /// Bytes of address space reserved.
    pub bytes_reserved: u64,
    /// Bytes that objects own elsewhere, as `gc_external_new` was told.
    pub owned_bytes: u64,
    /// Roots; clones of one count once. Weak pointers and pins have one each, too.
    pub roots: u64,
    /// Threads that are attached, those of the heap's own included.
    pub attached_threads: u64,
    /// Pins that have not ended.
    pub pins: u64,
    /// Finalizers that have become due.
    pub finalizers_queued: u64,
    /// Finalizers of these that have run.
    pub finalizers_run: u64,
    /// Cleanups that have become due.
    pub cleanups_queued: u64,
    /// Cleanups of these that have run.
    pub cleanups_run: u64,
    /// Nanoseconds for which cycles kept threads from entering, all together.
    pub pauses_ns: u64,
    /// The longest of these pauses.
    pub longest_pause_ns: u64,
}

/// What one cycle did.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CycleReport {
    /// Objects found alive.
    pub live_objects: u64,
    /// Bytes of these.
    pub live_bytes: u64,
    /// Objects found dead, or revived by a finalizer.
    pub dead_objects: u64,
    /// Destructors that ran on the calling thread.
    pub destructors_run: u64,
    /// Destructors that are still due.
    pub destructors_left: u64,
    /// Finalizers and cleanups that are due.
    pub callbacks_left: u64,
    /// Threads that marked.
    pub mark_threads: u64,
    /// Nanoseconds until all threads had left their mutations.
    pub stopping_ns: u64,
    /// Nanoseconds of marking.
    pub marking_ns: u64,
}

fn nanos(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl CycleReport {
    pub(super) fn of(cycle: &CycleStats) -> Self {
        Self {
            live_objects: cycle.live_objects,
            live_bytes: cycle.live_bytes,
            dead_objects: cycle.dead_objects,
            destructors_run: cycle.destructors_run,
            destructors_left: cycle.destructors_left,
            callbacks_left: cycle.callbacks_left,
            mark_threads: cycle.mark_threads as u64,
            stopping_ns: nanos(cycle.stopping),
            marking_ns: nanos(cycle.marking),
        }
    }
}

impl HeapReport {
    fn of(stats: &Stats) -> Self {
        Self {
            objects_allocated: stats.objects_allocated,
            bytes_allocated: stats.bytes_allocated,
            objects_freed: stats.objects_freed,
            bytes_freed: stats.bytes_freed,
            objects_doomed: stats.objects_doomed,
            live_objects: stats.live_objects,
            live_bytes: stats.live_bytes,
            cycles: stats.cycles,
            cycles_automatic: stats.cycles_automatic,
            bytes_in_use: stats.bytes_in_use as u64,
            bytes_idle: stats.bytes_idle as u64,
            bytes_reserved: stats.bytes_reserved as u64,
            owned_bytes: stats.owned_bytes,
            roots: stats.roots as u64,
            attached_threads: stats.attached_threads as u64,
            pins: stats.pins,
            finalizers_queued: stats.finalizers_queued,
            finalizers_run: stats.finalizers_run,
            cleanups_queued: stats.cleanups_queued,
            cleanups_run: stats.cleanups_run,
            pauses_ns: nanos(stats.pauses.total),
            longest_pause_ns: nanos(stats.pauses.longest),
        }
    }
}

/// Reads the counters of a heap. Any thread may call this, also inside a mutation.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_heap_stats(heap: HeapHandle, out: *mut HeapReport) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        out.set(HeapReport::of(&heap_of(heap)?.stats()));
        Ok(())
    })
}
