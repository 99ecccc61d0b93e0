//! Destructors of the program: run one by one, outside every lock and mutation, each caught.

use std::time::Duration;

use super::callbacks::guard;
use super::service::Working;
use crate::callback::CallbackKind;
use crate::memory::DeadSlots;
use crate::mutator::{Callback, Core};
use crate::sync::Arc;

/// How long `collect` waits for destructors that other threads are running.
const PATIENCE: Duration = Duration::from_secs(1);

/// A thread that runs destructors.
#[derive(Debug)]
struct Dropping<'c> {
    working: Working<'c>,
}

impl<'c> Dropping<'c> {
    fn begin(core: &'c Core) -> Option<Self> {
        let working = Working::begin(core)?;
        core.work.lock().dropping += 1;
        Some(Self { working })
    }
}

impl Drop for Dropping<'_> {
    fn drop(&mut self) {
        // Whoever waits is told when `working` ends.
        self.working.core().work.lock().dropping -= 1;
    }
}

/// Runs all destructors that are due and nobody has taken; returns how many.
pub(super) fn run_due(core: &Arc<Core>) -> u64 {
    let mut n = 0;
    // What is left when the heap closes is run by whoever closes it.
    while let Some(_dropping) = Dropping::begin(core)
        && let Some(list) = core.memory.take_doomed()
    {
        n += list.len() as u64;
        run(core, &list);
        core.memory.bury(list);
    }
    n
}

/// Runs the destructors of a list and leaves the slots.
pub(super) fn run(core: &Core, list: &DeadSlots) {
    let (drop, objects) = list.objects();
    for object in objects {
        // SAFETY: the object is dead, and the list is the only one that has it.
        guard(core, CallbackKind::Destructor, Callback::Destructor, || unsafe { drop(object) });
    }
}

/// Waits, but not for ever, until no other thread runs destructors.
pub(super) fn wait_for_others(core: &Core) {
    let work = core.work.lock();
    drop(core.work_changed.wait_timeout_while(work, PATIENCE, |work| work.dropping > 0));
}
