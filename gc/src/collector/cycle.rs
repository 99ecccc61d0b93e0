//! One cycle: stop, mark, start the sweep.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use super::back_off;
use super::stop::Stopping;
use super::tell;
use super::verify;
use crate::callback::discard_payload;
use crate::error::CollectError;
use crate::marking::Marking;
use crate::memory::World;
use crate::mutator::{Begun, Core, Stopped, Took};
use crate::os::processor_time;
use crate::special::Kept;
use crate::stats::CycleStats;
use crate::zeal::ZEAL;

/// What came of an attempt to run a cycle.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It ran; whoever asked for it has the outcome.
    Done,
    /// A slice of one ran; there is more to mark, after mutators have had a chance to run.
    Sliced,
    /// Nobody asks for one.
    NotAsked,
    /// A thread tells the program of the last one.
    Telling,
    /// Threads stay inside mutations. Time in which others should be let in.
    Stalled { back_off: Duration },
}

impl Attempt {
    /// Whether something is in the way of a cycle that is asked for.
    pub(super) fn is_hindered(&self) -> bool {
        matches!(self, Self::Telling | Self::Stalled { .. })
    }
}

/// What there is to say instead of an attempt.
fn reason_for_none(core: &Core) -> Option<Attempt> {
    let work = core.work.lock();
    if !(work.begun.is_some() || work.request.is_some() || core.is_cycle_due()) {
        return Some(Attempt::NotAsked);
    }
    work.telling.then_some(Attempt::Telling)
}

/// Runs a cycle if one is asked for and the world stops.
pub(super) fn try_cycle(core: &Core, stopping: &mut Stopping) -> Attempt {
    if let Some(reason) = reason_for_none(core) {
        return reason;
    }
    let _span = tell::CycleSpan::enter(core);
    let stopped = match stopping.attempt(core) {
        Ok(stopped) => stopped,
        Err(back_off) => return Attempt::Stalled { back_off },
    };
    // Another thread may have done it while this one waited.
    if let Some(reason) = reason_for_none(core) {
        return reason;
    }
    let begun = core.work.lock().begun.take();
    let mut cycle = begun.unwrap_or_else(|| begin(core));
    let (started, processor) = (Instant::now(), processor_time());
    // SAFETY: `stopped` proves that the world is stopped, and all spans are swept.
    let marked = catch_unwind(AssertUnwindSafe(|| unsafe { mark(core, &mut cycle) }));
    cycle.time += started.elapsed();
    cycle.processor_time += processor_time().saturating_sub(processor);
    if let Ok(false) = marked {
        core.work.lock().begun = Some(cycle);
        return Attempt::Sliced;
    }
    let request = cycle.request.take();
    // While the world is stopped: whoever comes next sees it.
    let telling = Telling::begin(core);
    // A panic in `trace` is reported to who asked; otherwise the heap goes on and grows.
    let outcome = match marked {
        Ok(_) => {
            let stats = end(core, stopped, cycle, request.is_none());
            tell::cycle(core, &stats);
            Ok(stats)
        }
        Err(payload) => {
            give_up(core, stopped);
            discard_payload(payload);
            Err(CollectError::TracePanicked)
        }
    };
    {
        let mut work = core.work.lock();
        work.cycles += 1;
        if let Some(request) = request {
            // Set here only, and taken out of `work` by one thread.
            let _ = request.set(outcome);
        }
    }
    back_off::end_time(core);
    drop(telling);
    Attempt::Done
}

/// The end of a cycle, of which the program is told. The next one waits until this is dropped, which is told to all who wait.
#[derive(Debug)]
struct Telling<'c>(&'c Core);

impl<'c> Telling<'c> {
    fn begin(core: &'c Core) -> Self {
        core.work.lock().telling = true;
        Self(core)
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.0.work.lock().telling = false;
        self.0.work_changed.notify_all();
    }
}

/// Begins a cycle for everybody who has asked by now. The world is stopped.
fn begin(core: &Core) -> Begun {
    core.memory.sweep_all();
    // SAFETY: the world is stopped, and every span is swept.
    unsafe { core.memory.note_stop() };
    if ZEAL {
        core.memory.verify(World::Stopped);
    }
    let dead_before = core.memory.counters.dead();
    let request = core.work.lock().request.take();
    Begun {
        marking: Marking::new(),
        slice: 1,
        request,
        dead_before,
        time: Duration::ZERO,
        processor_time: Duration::ZERO,
    }
}

/// Marks: everything, or a slice; whether nothing is left to mark.
///
/// # Safety
///
/// The world of the heap is stopped, and every span is swept.
unsafe fn mark(core: &Core, cycle: &mut Begun) -> bool {
    if core.options.in_slices() {
        // SAFETY: the caller's duty.
        return unsafe { mark_slice(core, cycle) };
    }
    // SAFETY: the caller's duty.
    unsafe { cycle.marking.mark_all(&core.memory, core.all_roots(), &core.helpers) };
    true
}

/// Marks a part of what can be reached from roots as they were at the first call of a cycle.
///
/// # Safety
///
/// The world of the heap is stopped, and every span is swept.
unsafe fn mark_slice(core: &Core, cycle: &mut Begun) -> bool {
    let shaded: Vec<_> = if core.memory.birth.is_black() {
        let saved = core::mem::take(&mut core.work.lock().saved);
        saved.into_iter().map(|saved| Kept::Object(core::ptr::with_exposed_provenance(saved))).collect()
    } else {
        // SAFETY: the world is stopped, and the cycle begins.
        unsafe { core.memory.birth.blacken() };
        let (roots, mut kept) = (core.all_roots(), Vec::new());
        (0..roots.n_shards()).for_each(|shard| roots.visit(shard, &mut |each| kept.push(each)));
        kept
    };
    // SAFETY: roots are edges, and so is what mutators have saved, which was reachable when the cycle began.
    unsafe { cycle.marking.shade(&core.memory, shaded) };
    // As many as before, so that there are several slices in a small heap, and not too many in a large one.
    let steps = cycle.slice;
    cycle.slice = steps.saturating_mul(2);
    // SAFETY: the caller's duty.
    unsafe { cycle.marking.mark_some(&core.memory, steps) }
}

/// Ends a cycle that has marked everything; the world is stopped until then.
fn end(core: &Core, stopped: Stopped<'_>, cycle: Begun, automatic: bool) -> CycleStats {
    if ZEAL {
        // SAFETY: the world is stopped, and marking is over.
        unsafe { verify::check_marks(&core.memory, &*core.all_roots()) };
    }
    let (mut marked, mark_threads) = cycle.marking.finish();
    let (objects, bytes) = core.memory.birth.whiten();
    marked.objects += objects;
    marked.bytes += bytes;
    // What was asked in an earlier slice may have changed since.
    let owned = if core.options.in_slices() { core.memory.owned_by_marked() } else { marked.owned };
    core.memory.counters.owned.recount(owned);
    // SAFETY: the world is stopped, mutators' claims have ended, and what can be reached is marked.
    unsafe { core.memory.start_sweep() };
    let whole = stopped.elapsed().max(cycle.time) + swept_since_last(core);
    let took = Took { whole, marking: cycle.processor_time };
    core.plan(marked.bytes, core.memory.counters.dead_bytes(marked.bytes), took);
    let allocated = core.memory.counters.allocated();
    // The same but for a cycle in slices, of whose stops this is the last.
    let pause = stopped.elapsed().max(stopped.stopping + cycle.time);
    let mut stats = CycleStats {
        automatic,
        began: core.pacer.age().saturating_sub(pause),
        pause,
        stopping: stopped.stopping,
        waited_for: stopped.waited_for.clone(),
        live_objects: marked.objects,
        live_bytes: marked.bytes,
        owned_bytes: core.memory.counters.owned.total(),
        bytes_in_use: core.memory.bytes_in_use(),
        dead_objects: allocated - cycle.dead_before - marked.objects,
        marking: cycle.time,
        mark_threads,
        ..CycleStats::default()
    };
    core.totals.lock().note_cycle(&mut stats);
    stats
}

/// The time that was spent sweeping since the last cycle ended.
fn swept_since_last(core: &Core) -> Duration {
    let swept = core.memory.counters.sweep_time();
    let before = core::mem::replace(&mut core.totals.lock().swept_before, swept);
    swept.saturating_sub(before)
}

/// Gives up a cycle in which a trace function has panicked.
fn give_up(core: &Core, stopped: Stopped<'_>) {
    core.memory.forget_marks();
    core.memory.birth.whiten();
    core.work.lock().saved.clear();
    core.postpone();
    drop(stopped);
}
