//! Cycles, and what they make due.

use std::time::Duration;

use super::heap::{HeapHandle, heap_of};
use super::stats::CycleReport;
use super::status::{Fault, Out, Status, call};
use crate::error::{CollectError, PendingError};

fn not_collected(error: &CollectError) -> Fault {
    let status = match error {
        CollectError::InsideMutation { .. } => {
            let text =
                "this thread is inside a mutation, and a collection would wait for it: call `gc_leave` first";
            return Fault::new(Status::Inside, text);
        }
        CollectError::InsideDestructor | CollectError::InsideHook => Status::InCallback,
        CollectError::TimedOut { .. } => Status::TimedOut,
        CollectError::TracePanicked => Status::Panic,
    };
    Fault::new(status, error.to_string())
}

fn not_run(error: &PendingError) -> Fault {
    let status = match error {
        PendingError::InsideMutation { .. } => {
            let text =
                "this thread is inside a mutation, and finalizers enter their own: call `gc_leave` first";
            return Fault::new(Status::Inside, text);
        }
        PendingError::InsideCallback => Status::InCallback,
        PendingError::TimedOut { .. } => Status::TimedOut,
    };
    Fault::new(status, error.to_string())
}

/// Runs a full cycle: all that is unreachable now is freed. Destructors run on this thread before it returns, finalizers
/// and cleanups later, on a thread of the heap's own. Waits until all threads have left their mutations of the heap, but,
/// if `timeout_ms` is not zero, no longer than that; `GC_TIMED_OUT` then, and the cycle runs later.
///
/// Any thread may call this that is inside no mutation, and runs no destructor. `out` may be NULL.
///
/// # Safety
///
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_heap_collect(heap: HeapHandle, timeout_ms: u64, out: *mut CycleReport) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::optional(out) }?;
        let heap = heap_of(heap)?;
        let cycle = match timeout_ms {
            0 => heap.collect(),
            limit => heap.collect_timeout(Duration::from_millis(limit)),
        };
        let cycle = cycle.map_err(|error| not_collected(&error))?;
        out.into_iter().for_each(|out| out.set(CycleReport::of(&cycle)));
        Ok(())
    })
}

/// Runs all destructors, finalizers and cleanups that are due on this thread; `out`, which may be NULL, is how many.
/// Outside of mutations and callbacks, on any thread.
///
/// # Safety
///
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_heap_run_pending(heap: HeapHandle, out: *mut u64) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::optional(out) }?;
        let ran = heap_of(heap)?.run_pending().map_err(|error| not_run(&error))?;
        out.into_iter().for_each(|out| out.set(ran));
        Ok(())
    })
}

/// Waits until no destructor, finalizer or cleanup is due or running, but, if `timeout_ms` is not zero, no longer than
/// that; `GC_TIMED_OUT` then. Outside of mutations and callbacks, on any thread.
#[unsafe(no_mangle)]
pub extern "C" fn gc_heap_wait_for_pending(heap: HeapHandle, timeout_ms: u64) -> Status {
    call(|| {
        let heap = heap_of(heap)?;
        let waited = match timeout_ms {
            0 => heap.wait_for_pending(),
            limit => heap.wait_for_pending_timeout(Duration::from_millis(limit)),
        };
        waited.map_err(|error| not_run(&error))
    })
}

/// Gives memory that no object takes back to the system; `out`, which may be NULL, is how many bytes. On any thread.
///
/// # Safety
///
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_heap_trim(heap: HeapHandle, out: *mut usize) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::optional(out) }?;
        let bytes = heap_of(heap)?.trim();
        out.into_iter().for_each(|out| out.set(bytes));
        Ok(())
    })
}

/// Checks every invariant of the heap's memory, slowly: for tests. `GC_PANIC` if one does not hold. On any thread.
#[unsafe(no_mangle)]
pub extern "C" fn gc_heap_verify(heap: HeapHandle) -> Status {
    call(|| {
        heap_of(heap)?.verify();
        Ok(())
    })
}
