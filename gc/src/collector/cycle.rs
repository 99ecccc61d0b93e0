//! The driver of a cycle: stop, mark, start; then sweep and destructors.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::time::Instant;

use super::mark::{Marked, Marker};
use super::{destructors, pacing, service, verify};
use crate::error::CollectError;
use crate::mutator::{Core, Stopped, in_destructor, inside_any_mutation};
use crate::stats::CycleStats;
use crate::sync::Arc;
use crate::zeal::ZEAL;

/// So many spans are swept by the thread whose safepoint it is: that takes less time than to wake another.
const SWEPT_AT_ONCE: usize = 64;

/// A full cycle that begins after the call, swept to the end, with the destructors that it made due.
pub(crate) fn collect(core: &Arc<Core>) -> Result<CycleStats, CollectError> {
    if let Some(entered) = inside_any_mutation() {
        return Err(CollectError::InsideMutation { entered });
    }
    if in_destructor() {
        return Err(CollectError::InsideDestructor);
    }
    let called = Instant::now();
    // What the last cycle left to sweep is not done while the world waits.
    core.memory.sweep_all();
    let stopped = core.gate.stop();
    let stopping = called.elapsed();
    let mut stats = cycle(core, stopped, false)?;
    stats.stopping = stopping;
    let started = Instant::now();
    core.memory.sweep_all();
    stats.sweeping = started.elapsed();
    stats.destructors_run = destructors::run_due(core);
    destructors::wait_for_others(core);
    if ZEAL {
        core.memory.verify(false);
    }
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
    if core.is_cycle_due() || ZEAL {
        // A panic in `trace` is reported by the next `collect`; the heap goes on and grows.
        let _ = cycle(core, stopped, true);
        if core.memory.n_unswept() <= SWEPT_AT_ONCE {
            core.memory.sweep_all();
        }
        if core.memory.n_unswept() > 0 || core.memory.has_doomed() {
            service::wake(core);
        }
    }
}

fn cycle(core: &Core, stopped: Stopped<'_>, automatic: bool) -> Result<CycleStats, CollectError> {
    core.memory.sweep_all();
    let freed_before = core.memory.counters.dead();
    if ZEAL {
        core.memory.verify(true);
    }
    let started = Instant::now();
    // SAFETY: `stopped` proves that the world is stopped, and all spans are swept.
    let marked = match unsafe { mark(core) } {
        Ok(marked) => marked,
        Err(payload) => {
            core.memory.forget_marks();
            pacing::postpone(core);
            drop(stopped);
            destructors::discard(payload);
            return Err(CollectError::TracePanicked);
        }
    };
    let marking = started.elapsed();
    if ZEAL {
        // SAFETY: the world is stopped, and marking is over.
        unsafe { verify::check_marks(&core.memory, &core.roots) };
    }
    // SAFETY: the world is stopped, mutators' claims have ended, and what can be reached is marked.
    unsafe { core.memory.start_sweep() };
    pacing::plan(core, &marked);
    {
        let mut totals = core.totals.lock();
        totals.cycles += 1;
        totals.cycles_automatic += u64::from(automatic);
        (totals.live_objects, totals.live_bytes) = (marked.objects, marked.bytes);
        totals.longest_pause = totals.longest_pause.max(stopped.elapsed());
    }
    let allocated = core.memory.counters.allocated();
    drop(stopped);
    Ok(CycleStats {
        live_objects: marked.objects,
        live_bytes: marked.bytes,
        dead_objects: allocated - freed_before - marked.objects,
        marking,
        ..CycleStats::default()
    })
}

/// # Safety
///
/// The world of the heap is stopped, and every span is swept.
unsafe fn mark(core: &Core) -> std::thread::Result<Marked> {
    catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the caller's duty.
        let mut marker = unsafe { Marker::new(&core.memory) };
        core.roots.targets(|target| marker.shade(target));
        marker.drain();
        marker.finish()
    }))
}
