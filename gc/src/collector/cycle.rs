//! The driver of a cycle: stop, mark, sweep, start, destructors.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use super::destructors;
use super::mark::Marker;
use super::pacing::allowance;
use super::verify::check_marks;
use crate::error::CollectError;
use crate::memory::{Memory, Swept};
use crate::mutator::{Core, RootTable, Stopped, in_destructor, inside_any_mutation};
use crate::stats::CycleStats;
use crate::sync::Arc;
use crate::zeal::ZEAL;

/// A full cycle that begins after the call, with the destructors that it made due.
pub(crate) fn collect(core: &Arc<Core>) -> Result<CycleStats, CollectError> {
    if let Some(entered) = inside_any_mutation() {
        return Err(CollectError::InsideMutation { entered });
    }
    if in_destructor() {
        return Err(CollectError::InsideDestructor);
    }
    let called = Instant::now();
    let stopped = core.gate.stop();
    let stopping = called.elapsed();
    let mut stats = cycle(core, stopped, false)?;
    stats.stopping = stopping;
    stats.destructors_run = destructors::run_due(core);
    destructors::wait_for_others(core);
    Ok(stats)
}

/// What a thread does after it has left its outermost mutation of the heap: a cycle if one is due.
pub(crate) fn at_safepoint(core: &Arc<Core>, due: bool) {
    let wanted = ZEAL || due && core.options.automatic;
    if !wanted || in_destructor() {
        return;
    }
    let Some(stopped) = core.gate.try_stop() else { return };
    // Another thread may have done it while this one waited.
    let still_due = {
        let totals = core.totals.lock();
        totals.bytes_allocated >= totals.next_cycle_at
    };
    if still_due || ZEAL {
        // A panic in `trace` is reported by the next `collect`; the heap goes on and grows.
        let _ = cycle(core, stopped, true);
        destructors::serve(core);
    }
}

fn cycle(core: &Core, stopped: Stopped<'_>, automatic: bool) -> Result<CycleStats, CollectError> {
    let mut memory = core.memory.lock();
    if ZEAL {
        memory.verify();
    }
    let started = Instant::now();
    // SAFETY: `stopped` proves that the world is stopped.
    if unsafe { mark(&memory, &core.roots) }.is_err() {
        memory.forget_marks();
        let mut totals = core.totals.lock();
        // Not again at the next safepoint.
        totals.next_cycle_at = totals.bytes_allocated.saturating_add(core.options.min_heap_bytes as u64);
        return Err(CollectError::TracePanicked);
    }
    let marking = started.elapsed();
    if ZEAL {
        // SAFETY: as above, and marking has succeeded.
        unsafe { check_marks(&memory, &core.roots) };
    }
    let started = Instant::now();
    // SAFETY: the world is stopped, mutators gave back their words, and what can be reached is marked.
    let swept = unsafe { memory.sweep() };
    let sweeping = started.elapsed();
    if ZEAL {
        memory.verify();
    }
    let stats = settle(core, &memory, &swept, stopped.elapsed(), automatic);
    core.destructors.lock().due.extend(swept.dead);
    drop(memory);
    drop(stopped);
    Ok(CycleStats { marking, sweeping, ..stats })
}

/// # Safety
///
/// The world of the heap is stopped.
unsafe fn mark(memory: &Memory, roots: &RootTable) -> std::thread::Result<()> {
    catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the caller's duty.
        let mut marker = unsafe { Marker::new(memory) };
        roots.targets(|target| marker.shade(target));
        marker.drain();
    }))
}

/// Brings the counters up to date and decides when the next cycle starts.
fn settle(core: &Core, memory: &Memory, swept: &Swept, pause: Duration, automatic: bool) -> CycleStats {
    let options = &core.options;
    let mut totals = core.totals.lock();
    let freed_before = totals.objects_freed + totals.objects_doomed;
    totals.objects_doomed = swept.doomed_objects;
    totals.objects_freed = totals.objects_allocated - swept.live_objects - swept.doomed_objects;
    totals.bytes_freed = totals.bytes_allocated - swept.live_bytes - swept.doomed_bytes;
    totals.cycles += 1;
    totals.cycles_automatic += u64::from(automatic);
    totals.longest_pause = totals.longest_pause.max(pause);
    // What spans hold beyond live objects (free slots) counts as room already.
    let limit = (options.limit_bytes - memory.bytes_in_use().min(options.limit_bytes)) as u64;
    let limit = limit.saturating_add(swept.live_bytes).max(1);
    let (growth, min_heap) = (options.growth_percent, options.min_heap_bytes as u64);
    let allowed = allowance(swept.live_bytes + swept.doomed_bytes, growth, min_heap, limit);
    totals.next_cycle_at = totals.bytes_allocated.saturating_add(allowed);
    CycleStats {
        live_objects: swept.live_objects,
        live_bytes: swept.live_bytes,
        dead_objects: totals.objects_freed + totals.objects_doomed - freed_before,
        ..CycleStats::default()
    }
}
