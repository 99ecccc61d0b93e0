//! The coordinator of a heap: drives cycles, then sweeps, in a thread of its own, so that no mutator waits for
//! another one to leave. No code of the program runs on it but `Trace` implementations and the hooks.

use super::back_off::let_others_in;
use super::cycle::{Attempt, try_cycle};
use super::service::{self, Working};
use super::stop::Stopping;
use crate::mutator::Core;
use crate::sync::Arc;

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
