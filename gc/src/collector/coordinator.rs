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

/// Waits between two attempts, but no longer when all have left, as the next one is over at once then, most likely; nor
/// when the heap is closed, or another thread has run the cycle that is waited for.
pub(super) fn let_others_in(core: &Core, back_off: Duration, outcome: Option<&Outcome>) {
    let is_over = || core.is_closed() || outcome.is_some_and(|outcome| outcome.get().is_some());
    core.work.lock().stalled = true;
    core.work_changed.notify_all();
    for _ in 0..LOOKS {
        let work = core.work.lock();
        drop(core.work_changed.wait_timeout_while(work, back_off / LOOKS, |_| !is_over()));
        if is_over() || core.gate.inside().is_empty() {
            break;
        }
    }
    core.work.lock().stalled = false;
}
