//! The end of a heap: its last handle is gone.
//!
//! Nobody is inside a mutation, since every mutation borrows a handle, and nobody can enter. All objects are
//! dropped, those with destructors of the program like any dead object; then the memory is given up. Root
//! slots stay as long as their roots do. If a thread is running destructors of the heap, perhaps the very one
//! that dropped the last handle, that thread does the rest when it has finished.

use super::destructors;
use crate::mutator::Core;
use crate::sync::Arc;

/// Ends a heap whose last handle is gone.
pub(crate) fn close(core: &Arc<Core>) {
    let running = {
        let destructors = core.destructors.lock();
        core.close();
        destructors.running
    };
    if running == 0 {
        finish(core);
    }
}

/// Drops all objects and gives up the memory. Called once, by whoever finds the heap closed and no
/// destructors running.
pub(super) fn finish(core: &Core) {
    let mut lists = core::mem::take(&mut core.destructors.lock().due);
    lists.extend(core.memory.lock().take_all());
    for list in &lists {
        destructors::run_last(list);
    }
    core.memory.lock().release_all();
}
