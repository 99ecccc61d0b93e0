//! Destructors of the program: run one by one, outside every lock and mutation, each caught.

use core::any::Any;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::time::Duration;

use super::close;
use crate::memory::DeadSlots;
use crate::mutator::{Core, while_dropping};
use crate::sync::Arc;

/// How long `collect` waits for destructors that other threads are running.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs all destructors that are due and nobody has taken; returns how many.
pub(super) fn run_due(core: &Arc<Core>) -> u64 {
    let mut n = 0;
    while let Some(list) = take(core) {
        n += list.len() as u64;
        run(core, &list);
        let last = {
            let mut destructors = core.destructors.lock();
            destructors.running -= 1;
            core.is_closed() && destructors.running == 0
        };
        core.destructors_ran.notify_all();
        if last {
            close::finish(core);
        }
    }
    n
}

fn take(core: &Core) -> Option<DeadSlots> {
    let mut destructors = core.destructors.lock();
    // What is left when the heap closes is run by whoever closes it.
    let list = if core.is_closed() { None } else { destructors.due.pop() };
    destructors.running += usize::from(list.is_some());
    list
}

/// Runs the destructors of a list and frees the slots.
fn run(core: &Core, list: &DeadSlots) {
    let panics = run_last(list);
    let mut memory = core.memory.lock();
    memory.bury(list);
    let mut totals = core.totals.lock();
    let n = list.len() as u64;
    totals.objects_doomed -= n;
    totals.objects_freed += n;
    totals.bytes_freed += n * list.slot_bytes() as u64;
    totals.destructor_panics += panics;
}

/// Runs the destructors of a list and leaves the slots; returns how many panicked.
pub(super) fn run_last(list: &DeadSlots) -> u64 {
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

/// Waits, but not for ever, until no other thread runs destructors of this heap.
pub(super) fn wait_for_others(core: &Core) {
    let destructors = core.destructors.lock();
    let _ = core.destructors_ran.wait_timeout_while(destructors, PATIENCE, |d| d.running > 0);
}

/// Starts the heap's service thread if destructors are due and it does not run. It ends when none is left.
pub(super) fn serve(core: &Arc<Core>) {
    {
        let mut destructors = core.destructors.lock();
        if destructors.due.is_empty() || destructors.served {
            return;
        }
        destructors.served = true;
    }
    let shared = Arc::clone(core);
    let spawned = std::thread::Builder::new().name("gc-destructors".to_owned()).spawn(move || {
        loop {
            run_due(&shared);
            let mut destructors = shared.destructors.lock();
            if destructors.due.is_empty() || shared.is_closed() {
                destructors.served = false;
                return;
            }
        }
    });
    if spawned.is_err() {
        // They stay due: the next `collect`, service thread or the end of the heap runs them.
        core.destructors.lock().served = false;
    }
}
