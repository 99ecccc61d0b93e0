//! Giving memory back to the system.

use super::stop::stop_briefly;
use crate::mutator::{Core, inside_any_mutation};

/// Gives back everything that is not needed; bytes of pages that were given back.
pub(crate) fn trim_all(core: &Core) -> usize {
    core.spares.trim();
    trim(core, 0)
}

/// Gives back what is not needed, but for `keep` bytes of idle pages; bytes of pages that were given back.
///
/// What the last sweep has left of spans takes a stop to be known as such. It stays if that has to wait, for a mutation,
/// which may be one of the caller's own, or for a sweep.
pub(super) fn trim(core: &Core, keep: usize) -> usize {
    let memory = &core.memory;
    if memory.n_spare_spans() > 0
        && inside_any_mutation().is_none()
        && memory.n_unswept() == 0
        && let Some(_stopped) = stop_briefly(core)
        && memory.n_unswept() == 0
    {
        // Nothing but what lists still name; and this thread sees what others have swept.
        memory.sweep_all();
        // SAFETY: the world is stopped, and every span is swept.
        unsafe { memory.note_stop() };
    }
    memory.trim(keep)
}
