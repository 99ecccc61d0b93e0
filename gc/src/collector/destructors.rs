//! Destructors of the program: run one by one, outside every lock and mutation, each caught.

use core::any::Any;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::time::Duration;

use super::service::Working;
use crate::memory::DeadSlots;
use crate::mutator::{Core, while_dropping};

/// How long `collect` waits for destructors that other threads are running.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs all destructors that are due and nobody has taken; returns how many.
pub(super) fn run_due(core: &Core) -> u64 {
    let mut n = 0;
    // What is left when the heap closes is run by whoever closes it.
    while let Some(_working) = Working::begin(core)
        && let Some(list) = core.memory.take_doomed()
    {
        n += list.len() as u64;
        let panics = run(&list);
        core.memory.bury(&list);
        core.totals.lock().destructor_panics += panics;
    }
    n
}

/// Runs the destructors of a list and leaves the slots; returns how many panicked.
pub(super) fn run(list: &DeadSlots) -> u64 {
    let (drop, objects) = list.objects();
    // SAFETY: the object is dead, and the list is the only one that has it.
    let run = |object| catch_unwind(AssertUnwindSafe(|| unsafe { drop(object) })).map_err(discard);
    while_dropping(|| objects.filter(|&object| run(object).is_err()).count() as u64)
}

/// Drops what a panic was thrown with, which is a value of the program and may panic in turn.
pub(super) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // It could go on like that for ever.
        core::mem::forget(next);
    }
}

/// Waits, but not for ever, until no other thread works outside of mutations: sweeps or runs destructors.
pub(super) fn wait_for_others(core: &Core) {
    let work = core.work.lock();
    drop(core.work_changed.wait_timeout_while(work, PATIENCE, |work| work.busy > 0));
}
