//! The end of a heap: its last handle is gone.
//!
//! Nobody is inside a mutation, since every mutation borrows a handle, and nobody can enter. All objects are
//! dropped, those with destructors of the program like any dead object; then the memory is given up. Root
//! slots stay as long as their roots do. If a thread is sweeping, or running destructors of the heap, perhaps
//! the very one that dropped the last handle, that thread does the rest when it has finished.

use super::destructors;
use crate::mutator::Core;

/// Ends a heap whose last handle is gone.
pub(crate) fn close(core: &Core) {
    let busy = {
        let work = core.work.lock();
        core.close();
        work.busy
    };
    core.work_changed.notify_all();
    if busy == 0 {
        finish(core);
    }
}

/// Drops all objects and gives up the memory. Called once, by whoever finds the heap closed and nobody
/// working.
pub(super) fn finish(core: &Core) {
    core.gate.flush();
    while let Some(list) = core.memory.take_doomed() {
        destructors::run(&list);
    }
    for list in core.memory.take_all() {
        destructors::run(&list);
    }
    core.memory.release_all();
    core.roots.close();
}
