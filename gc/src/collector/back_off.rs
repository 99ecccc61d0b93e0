//! The time that is given to those inside between two attempts to stop the world, and what ends it early: that all have
//! left, which is looked for now and then, told by who leaves and then waits for a cycle itself, and by who has stopped
//! the world meanwhile.

use std::time::Duration;

use crate::mutator::{Core, Outcome};

/// How often it is looked, between two attempts, whether threads are still inside.
const LOOKS: u32 = 10;

/// Waits between two attempts, but no longer when all have left, as the next one is over at once then, most likely; nor
/// when the heap is closed, or another thread has run the cycle that is waited for.
pub(super) fn let_others_in(core: &Core, back_off: Duration, outcome: Option<&Outcome>) {
    let is_over = || core.is_closed() || outcome.is_some_and(|outcome| outcome.get().is_some());
    let mut seen = {
        let mut work = core.work.lock();
        work.stalled += 1;
        work.times_ended
    };
    core.work_changed.notify_all();
    let wait = |part| {
        let work = core.work.lock();
        // Ended by who leaves last, by who stops the world or closes the heap, and by time.
        let work =
            core.work_changed.wait_timeout_while(work, part, |work| work.times_ended == seen && !is_over());
        seen = work.times_ended;
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
        end_time(core);
    }
}

/// Ends the time that is given to those inside. Called by who has stopped the world, too: those who leave afterwards may find
/// that there is no cycle to wait for.
pub(super) fn end_time(core: &Core) {
    let mut work = core.work.lock();
    if work.stalled > 0 {
        work.times_ended += 1;
        drop(work);
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
    use crate::collector::cycle::{Attempt, try_cycle};
    use crate::collector::request::{at_safepoint, collect};
    use crate::collector::stop::{Stopping, stop};
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

    /// Who left may have had no reason to tell: there was a cycle to wait for, but another thread has run it.
    #[test]
    fn who_stops_the_world_ends_the_time_for_others() {
        const BACK_OFF: Duration = Duration::from_secs(600);
        let stops: [fn(&Core); 2] = [
            |core| {
                _ = core.work.lock().request.get_or_insert_default();
                assert!(matches!(try_cycle(core, &mut Stopping::new()), Attempt::Done));
            },
            |core| drop(stop(core)),
        ];
        for stop in stops {
            let core = Core::new(Options::default());
            let inside = Inside::enter(record_of_this_thread(&core), Entry::Own, Location::caller());
            std::thread::scope(|scope| {
                let gives_time = scope.spawn(|| {
                    let started = Instant::now();
                    let_others_in(&core, BACK_OFF, None);
                    started.elapsed()
                });
                while core.work.lock().stalled == 0 {
                    std::thread::yield_now();
                }
                // So that it waits by now, most likely.
                std::thread::sleep(Duration::from_millis(10));
                inside.leave();
                stop(&core);
                let took = gives_time.join().unwrap();
                assert!(took < BACK_OFF / LOOKS, "not told: {took:?}");
            });
        }
    }
}
