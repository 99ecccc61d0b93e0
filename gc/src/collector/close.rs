//! The end of a heap: its last handle is gone.
//!
//! Nobody is inside a mutation of it, since every mutation borrows a handle, and nobody can enter. All objects are
//! dropped, those with destructors of the program like any dead object; finalizers and cleanups do not run any more,
//! and are dropped; then the memory is given up. Root slots stay as long as their roots do.
//!
//! Destructors run outside of every mutation here, too: if the last handle is dropped inside one, of another heap, a
//! thread is made that does the rest. If a thread is sweeping, or runs destructors of the heap, perhaps the very one that
//! dropped the last handle, that thread does it when it has finished.

use super::destructors::wait_while;
use super::{callbacks, destructors, service};
use crate::memory::DeadSlots;
use crate::mutator::{Core, Work, current_callback, inside_any_mutation};
use crate::sync::Arc;

/// Ends a heap whose last handle is gone.
pub(crate) fn close(core: &Arc<Core>) {
    let is_free = {
        let work = core.work.lock();
        core.close();
        work.busy == 0
    };
    core.work_changed.notify_all();
    if is_free {
        finish_outside(core);
    } else if current_callback().is_none() && inside_any_mutation().is_none() {
        // Usually a sweep, which is over soon, or destructors, as long as these end. One may take for ever.
        let progress = |work: &Work| work.dropping.progress() + work.calling.n_run();
        wait_while(core, |work| (!work.ended).then(|| progress(work)));
    }
}

/// Does the rest, on this thread if it is outside of every mutation. Called once, by whoever finds the heap closed and
/// nobody working.
pub(super) fn finish_outside(core: &Arc<Core>) {
    let shared = Arc::clone(core);
    if inside_any_mutation().is_none() || !service::spawn(core, "gc-end", move || finish(&shared)) {
        // Where no thread can be had destructors run inside, rather than never.
        finish(core);
    }
}

/// Drops all objects and gives up the memory.
fn finish(core: &Core) {
    core.gate.flush();
    let discard = |mut list: DeadSlots| {
        list.take_cleanups().into_iter().for_each(|cleanup| callbacks::discard(core, cleanup));
    };
    while destructors::run_batch(core, || core.memory.take_doomed(), discard) > 0 {}
    for list in core.memory.take_all() {
        destructors::run_batch(core, || Some(list), drop);
    }
    callbacks::discard_all(core);
    core.spares.trim();
    core.memory.release_all();
    core.roots.close();
    core.work.lock().ended = true;
    core.work_changed.notify_all();
}
