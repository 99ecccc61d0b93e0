//! The coordinator of a heap: drives cycles, then sweeps, in a thread of its own, so that no mutator waits for
//! another one to leave. No code of the program runs on it but `Trace` implementations and the hooks.

use std::time::Duration;

use super::cycle::{Attempt, try_cycle};
use super::service::{self, Working};
use super::stop::Stopping;
use crate::mutator::{Core, Outcome};
use crate::sync::Arc;

/// How often it looks, between two attempts, whether threads are still inside.
const LOOKS: u32 = 10;

/// Does everything that is asked for.
pub(super) fn work(core: &Arc<Core>) {
    let mut stopping = Stopping::new();
    while let Some(working) = Working::begin(core) {
        match try_cycle(core, &mut stopping) {
            Attempt::Done | Attempt::Sliced => stopping = Stopping::new(),
            Attempt::NotAsked => break,
            Attempt::Telling => {
                // Not before the hook has returned, which may take long.
                core.memory.sweep_all();
                drop(working);
                service::wake_for_due(core);
                wait_for_hook(core);
                stopping = Stopping::new();
            }
            Attempt::Stalled { back_off } => {
                drop(working);
                let_others_in(core, back_off, None);
            }
        }
    }
    if let Some(_working) = Working::begin(core) {
        core.memory.sweep_all();
    }
    service::wake_for_due(core);
}

/// Waits until the program has been told of the last cycle.
fn wait_for_hook(core: &Core) {
    let mut work = core.work.lock();
    while work.telling && !core.is_closed() {
        // Ended by the thread that tells, when the hook returns.
        work = core.work_changed.wait(work, "a hook for cycles");
    }
}

/// Waits between two attempts, but no longer when all have left, as the next one is over at once then, most likely; nor
/// when the heap is closed, or another thread has run the cycle that is waited for.
pub(super) fn let_others_in(core: &Core, back_off: Duration, outcome: Option<&Outcome>) {
    let is_over = || core.is_closed() || outcome.is_some_and(|outcome| outcome.get().is_some());
    let mut seen = {
        let mut work = core.work.lock();
        work.stalled += 1;
        work.all_left
    };
    core.work_changed.notify_all();
    let wait = |part| {
        let work = core.work.lock();
        // Ended by who leaves last, by who closes the heap or runs the cycle, and by time.
        let work =
            core.work_changed.wait_timeout_while(work, part, |work| work.all_left == seen && !is_over());
        seen = work.all_left;
    };
    // Some may have left while the program was told who was inside.
    if !have_all_left(core) {
        wait_in_parts(back_off, wait, || is_over() || have_all_left(core));
    }
    core.work.lock().stalled -= 1;
}

/// Waits, no longer than to the end of the first part after which there is nothing to wait for.
fn wait_in_parts(whole: Duration, mut wait: impl FnMut(Duration), mut is_over: impl FnMut() -> bool) {
    for _ in 0..LOOKS {
        wait(whole / LOOKS);
        if is_over() {
            break;
        }
    }
}

/// Ends the time that is given to those inside if nobody is: called by who has left, and waits for a cycle.
pub(super) fn note_left(core: &Core) {
    let stalled = core.work.lock().stalled > 0;
    // The first look costs little where the thread that is waited for is still inside.
    if stalled && !core.gate.seems_entered() && have_all_left(core) {
        core.work.lock().all_left += 1;
        core.work_changed.notify_all();
    }
}

fn have_all_left(core: &Core) -> bool {
    core.gate.inside().is_empty()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::panic::Location;
    use core::time::Duration;
    use std::sync::mpsc::channel;
    use std::time::Instant;

    use super::{LOOKS, have_all_left, let_others_in, wait_in_parts};
    use crate::collector::request::{at_safepoint, collect};
    use crate::mutator::{Core, Entry, Inside, record_of_this_thread};
    use crate::options::Options;
    use crate::sync::Arc;

    /// The time in which others may enter is longer than the attempts, but nobody waits for its end in vain.
    #[test]
    fn an_attempt_follows_when_all_have_left() {
        const LEAVES_IN: u32 = 3;
        let core = Core::new(Options::default());
        let (enter, entered) = channel();
        let (leave, asked_to_leave) = channel::<()>();
        let (left, has_left) = channel();
        std::thread::scope(|scope| {
            let core = &core;
            scope.spawn(move || {
                let inside = Inside::enter(record_of_this_thread(core), Entry::Own, Location::caller());
                enter.send(()).unwrap();
                asked_to_leave.recv().unwrap();
                inside.leave();
                left.send(()).unwrap();
            });
            entered.recv().unwrap();
            let mut parts = Vec::new();
            let wait = |part| {
                parts.push(part);
                if parts.len() == LEAVES_IN as usize {
                    leave.send(()).unwrap();
                    has_left.recv().unwrap();
                }
            };
            wait_in_parts(Duration::from_secs(60), wait, || have_all_left(core));
            assert_eq!(parts, [Duration::from_secs(60) / LOOKS; LEAVES_IN as usize]);
        });
    }

    /// Who was waited for in vain, and then waits for a cycle, does not wait for the end of a time that was given to it;
    /// nor does anybody else.
    #[test]
    fn who_leaves_last_ends_the_time_for_others() {
        const BACK_OFF: Duration = Duration::from_secs(600);
        let waits: [fn(&Arc<Core>); 2] = [
            |core| {
                core.pacer.make_due();
                at_safepoint(core);
            },
            |core| _ = collect(core, Some(Duration::from_millis(1))),
        ];
        for wait in waits {
            let core = Core::new(Options::default());
            let enter = || Inside::enter(record_of_this_thread(&core), Entry::Own, Location::caller());
            // So that the other thread is not the only one, which would collect by itself.
            enter().leave();
            let (entered, has_entered) = channel();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let inside = enter();
                    entered.send(()).unwrap();
                    while core.work.lock().stalled < 2 {
                        std::thread::yield_now();
                    }
                    inside.leave();
                    wait(&core);
                });
                has_entered.recv().unwrap();
                let give_time = || {
                    let started = Instant::now();
                    let_others_in(&core, BACK_OFF, None);
                    started.elapsed()
                };
                let other = scope.spawn(give_time);
                let took = [give_time(), other.join().unwrap()];
                assert!(took.iter().all(|&took| took < BACK_OFF / LOOKS), "not told: {took:?}");
            });
        }
    }
}
