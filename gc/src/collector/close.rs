//! The end of a heap: its last handle is gone.
//!
//! Nobody is inside a mutation, since every mutation borrows a handle, and nobody can enter. All objects are
//! dropped, those with destructors of the program like any dead object; finalizers and cleanups do not run any more,
//! and are dropped; then the memory is given up. Root
//! slots stay as long as their roots do. If a thread is sweeping, or running destructors of the heap, perhaps
//! the very one that dropped the last handle, that thread does the rest when it has finished.

use std::time::Duration;

use super::{callbacks, destructors};
use crate::mutator::{Core, current_callback};

/// How long the thread that drops the last handle waits for one that is still working.
const PATIENCE: Duration = Duration::from_secs(1);

/// Ends a heap whose last handle is gone.
pub(crate) fn close(core: &Core) {
    let work = core.work.lock();
    core.close();
    core.work_changed.notify_all();
    if work.busy == 0 {
        drop(work);
        finish(core);
    } else if current_callback().is_none() {
        // Usually a sweep, which is over soon. A destructor of the program may take for ever.
        drop(core.work_changed.wait_timeout_while(work, PATIENCE, |work| !work.ended));
    }
}

/// Drops all objects and gives up the memory. Called once, by whoever finds the heap closed and nobody
/// working.
pub(super) fn finish(core: &Core) {
    core.gate.flush();
    while let Some(mut list) = core.memory.take_doomed() {
        destructors::run(core, &list);
        list.take_cleanups().into_iter().for_each(|cleanup| callbacks::discard(core, cleanup));
    }
    for list in core.memory.take_all() {
        destructors::run(core, &list);
    }
    callbacks::discard_all(core);
    core.memory.release_all();
    core.roots.close();
    core.work.lock().ended = true;
    core.work_changed.notify_all();
}
