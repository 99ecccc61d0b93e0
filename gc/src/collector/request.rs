//! Asking for a collection: `collect`, and the safepoint.
//!
//! Whoever calls `collect` before a cycle begins shares its outcome. A cycle is driven by the heap's
//! [coordinator](super::coordinator), and never by a thread that has better to do, with one exception: the only
//! mutator of a heap drives it itself, as nobody is there to be waited for.

use std::time::{Duration, Instant};

use super::back_off;
use super::cycle::{Attempt, try_cycle};
use super::destructors;
use super::service::{self, Service};
use super::stop::Stopping;
use crate::error::CollectError;
use crate::memory::World;
use crate::mutator::{
    Callback, Core, Dues, Outcome, Record, Straggler, current_callback, inside_any_mutation, may_collect,
};
use crate::stall::ThreadInside;
use crate::stats::CycleStats;
use crate::sync::{Arc, Pauses};
use crate::zeal::ZEAL;

/// So many spans are swept by the thread whose safepoint it is: that takes less time than to wake another.
const SWEPT_AT_ONCE: usize = 64;
/// How long a mutator waits at a safepoint for a cycle that is overdue.
const OVERDUE_PATIENCE: Duration = Duration::from_millis(100);

/// A full cycle that begins after the call, swept to the end, with the destructors that it made due. Waits for it
/// no longer than `limit`.
pub(crate) fn collect(core: &Arc<Core>, limit: Option<Duration>) -> Result<CycleStats, CollectError> {
    if let Some(entered) = inside_any_mutation() {
        return Err(CollectError::InsideMutation { entered });
    }
    match current_callback() {
        Some(Callback::Destructor) => return Err(CollectError::InsideDestructor),
        Some(Callback::Hook) => return Err(CollectError::InsideHook),
        Some(Callback::Pending) | None => {}
    }
    let wait = limit.map(|limit| Wait::new(core, limit));
    let until = wait.as_ref().and_then(|wait| wait.until);
    // What the last cycle left to sweep is not done while the world waits.
    core.memory.sweep_all();
    let outcome = Arc::clone(core.work.lock().request.get_or_insert_default());
    if !(core.gate.is_sole() && drive_alone(core, &outcome)) {
        have_driven(core, &outcome, until);
    }
    let outcome = outcome.get().cloned();
    let mut stats = outcome.unwrap_or_else(|| Err(wait.expect("a wait that ends").timed_out(core)))?;
    let (started, profiler) = (Instant::now(), &core.memory.specials.profiler);
    let cycle = profiler.cycle();
    core.memory.sweep_all();
    stats.sweeping = started.elapsed();
    profiler.end_sweep(cycle);
    if core.options.by_hand {
        stats.destructors_left = core.memory.counters.n_doomed();
    } else {
        stats.destructors_run = destructors::run_due(core);
        stats.destructors_left = destructors::wait_for_others(core);
        service::wake_for_due(core);
    }
    stats.callbacks_left = core.n_callbacks_due(&core.work.lock()) as u64;
    if ZEAL {
        core.memory.verify(World::Running);
    }
    Ok(stats)
}

/// What a thread does before it enters a mutation, because it could not do so after the last one, or while it went on.
#[cold]
pub(crate) fn before_entry(record: &Record) {
    // Outside of any unwinding, too.
    if std::thread::panicking() {
        return;
    }
    let Dues { safepoint, destructors } = record.take_dues();
    if safepoint {
        at_safepoint(&record.core);
    }
    if destructors {
        destructors::wait_for_room(&record.core);
    }
}

/// What a thread does after it has left its outermost mutation of the heap: sees to a cycle if one is due.
#[cold]
pub(crate) fn at_safepoint(core: &Arc<Core>) {
    if core.is_lost() {
        return;
    }
    if core.take_watch() {
        service::wake(core, Service::Idle);
    }
    if !may_collect() {
        return;
    }
    let zeal = ZEAL && core.options.automatic;
    if zeal {
        core.pacer.make_due();
    }
    if !(core.is_cycle_due() || core.has_begun_cycle()) {
        return;
    }
    if core.gate.is_sole() && !try_alone(core).is_hindered() {
        if core.memory.n_unswept() <= SWEPT_AT_ONCE {
            core.memory.sweep_all();
        }
        if core.memory.n_unswept() > 0 {
            service::wake(core, Service::Coordinator);
        } else {
            service::wake_for_due(core);
        }
        return;
    }
    let cycles = core.work.lock().cycles;
    if !service::wake(core, Service::Coordinator) {
        // No thread can be had: one attempt, after which others are let in for as long as it takes to get here
        // again.
        let _ = try_cycle(core, &mut Stopping::new());
    } else if zeal || core.is_cycle_overdue() {
        back_off::note_left(core);
        let work = core.work.lock();
        drop(core.work_changed.wait_timeout_while(work, OVERDUE_PATIENCE, |work| {
            work.cycles == cycles && work.stalled == 0 && !core.is_closed()
        }));
    }
}

/// Runs a cycle, or a slice of it, on the calling thread, if no other one is inside a mutation.
fn try_alone(core: &Core) -> Attempt {
    try_cycle(core, &mut Stopping::without_patience())
}

/// Runs cycles on the calling thread until one has covered the request; false if another thread is in the way.
fn drive_alone(core: &Core, outcome: &Outcome) -> bool {
    while outcome.get().is_none() {
        match try_alone(core) {
            Attempt::Done | Attempt::Sliced => {}
            // Another thread is inside a mutation, or runs the cycle, or tells of one.
            Attempt::NotAsked | Attempt::Telling | Attempt::Stalled { .. } => return false,
        }
    }
    true
}

/// Has the coordinator run cycles until one has covered the request, or it is too late.
fn have_driven(core: &Arc<Core>, outcome: &Outcome, until: Option<Instant>) {
    let is_over = || outcome.get().is_some() || until.is_some_and(|until| Instant::now() >= until);
    back_off::note_left(core);
    while !is_over() {
        if !service::wake(core, Service::Coordinator) {
            return drive(core, outcome, until);
        }
        let mut work = core.work.lock();
        // If it is gone it could not be had, as another thread has found out; this one tries again.
        while !is_over() && service::exists(&work, Service::Coordinator) {
            work = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                // Ended by the coordinator, which tells of each cycle and of its own end. It waits for threads to leave
                // their mutations, for a bounded time each time, and names them.
                None => core.work_changed.wait(work, "a cycle"),
                Some(left) => core.work_changed.wait_timeout_while(work, left, |work| {
                    outcome.get().is_none() && service::exists(work, Service::Coordinator)
                }),
            };
        }
    }
}

/// Runs cycles on the calling thread until one has covered the request, or it is too late.
fn drive(core: &Core, outcome: &Outcome, until: Option<Instant>) {
    let (mut stopping, mut pauses) = (Stopping::until(until), Pauses::new("a cycle of another thread"));
    while outcome.get().is_none() && until.is_none_or(|until| Instant::now() < until) {
        match try_cycle(core, &mut stopping) {
            Attempt::Done | Attempt::Sliced => {}
            // Another thread runs the cycle, and sets the outcome.
            Attempt::NotAsked => pauses.pause(),
            // Ended by the thread that tells, when the hook returns.
            Attempt::Telling => {
                pauses.pause();
                stopping = Stopping::until(until);
            }
            Attempt::Stalled { back_off } => {
                let left = until.map_or(back_off, |until| until.saturating_duration_since(Instant::now()));
                back_off::let_others_in(core, back_off.min(left), Some(outcome));
            }
        }
    }
}

/// A wait that may be in vain.
#[derive(Debug)]
struct Wait {
    since: Instant,
    /// None for longer than anyone lives.
    until: Option<Instant>,
    /// Mutations that threads were inside of when it began.
    inside: Vec<Straggler>,
}

impl Wait {
    fn new(core: &Core, limit: Duration) -> Self {
        let since = Instant::now();
        Self { since, until: since.checked_add(limit), inside: core.gate.inside() }
    }

    fn timed_out(&self, core: &Core) -> CollectError {
        let same = |now: &Straggler| {
            self.inside.iter().any(|before| (before.id, before.passage) == (now.id, now.passage))
        };
        let describe = |now: Straggler| ThreadInside {
            at_least: if same(&now) { self.since.elapsed() } else { Duration::ZERO },
            thread: now.thread,
            entered: now.entered,
        };
        let inside = core.gate.inside().into_iter().map(describe).collect();
        CollectError::TimedOut { waited: self.since.elapsed(), inside }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::panic::Location;
    use std::sync::mpsc::channel;
    use std::time::{Duration, Instant};

    use super::drive;
    use crate::mutator::{Core, Entry, Inside, record_of_this_thread};
    use crate::options::Options;
    use crate::sync::Arc;

    /// As where no thread can be had.
    #[test]
    fn a_caller_that_drives_gives_up_in_time_and_goes_on_later() {
        let core = Core::new(Options::default());
        let outcome = Arc::clone(core.work.lock().request.get_or_insert_default());
        let (enter, entered) = channel();
        let (leave, left) = channel();
        std::thread::scope(|scope| {
            let core = &core;
            scope.spawn(move || {
                let inside = Inside::enter(record_of_this_thread(core), Entry::Own, Location::caller());
                enter.send(()).unwrap();
                left.recv().unwrap();
                inside.leave();
            });
            entered.recv().unwrap();
            let (started, limit) = (Instant::now(), Duration::from_millis(30));
            drive(core, &outcome, Some(started + limit));
            assert!(outcome.get().is_none() && started.elapsed() >= limit);
            assert!(core.work.lock().request.is_some(), "it stays asked for");
            leave.send(()).unwrap();
            drive(core, &outcome, None);
            assert!(outcome.get().is_some_and(Result::is_ok));
        });
    }
}
