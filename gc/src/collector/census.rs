//! Counting objects by type, in a stopped world.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use super::stop::stop;
use crate::callback::discard_payload;
use crate::census::{Census, CensusRow};
use crate::error::InspectError;
use crate::memory::ClassCount;
use crate::mutator::{Callback, Core, current_callback, inside_any_mutation};

/// Whether the calling thread may wait until the world is stopped.
pub(crate) fn may_inspect() -> Result<(), InspectError> {
    match (inside_any_mutation(), current_callback()) {
        (Some(entered), _) => Err(InspectError::InsideMutation { entered }),
        (None, Some(Callback::Destructor | Callback::Hook)) => Err(InspectError::InsideCallback),
        (None, Some(Callback::Pending) | None) => Ok(()),
    }
}

/// What there is of each type.
pub(crate) fn census(core: &Core) -> Result<Census, InspectError> {
    may_inspect()?;
    // Not while the world waits.
    core.memory.sweep_all();
    let stopped = stop(core);
    core.memory.sweep_all();
    let counts =
        catch_unwind(AssertUnwindSafe(|| core.memory.count().into_iter().map(row).collect::<Vec<_>>()));
    drop(stopped);
    match counts {
        Ok(counts) => Ok(Census::of_counts(counts, core.options.diagnose)),
        Err(payload) => {
            discard_payload(payload);
            Err(InspectError::TracePanicked)
        }
    }
}

fn row(count: ClassCount<'_>) -> CensusRow {
    let ClassCount { class, objects, doomed, owners } = count;
    let slot_bytes = class.slot_bytes as u64;
    let owned = class.owned.map_or(0, |owned| {
        // SAFETY: objects of the class, which nobody has found dead: they stay as they are while the world is stopped and
        // nothing is left to sweep.
        owners.into_iter().map(|object| unsafe { owned(object) } as u64).sum()
    });
    CensusRow {
        type_name: (class.name)(),
        objects,
        bytes: objects * slot_bytes,
        owned_bytes: owned,
        doomed_objects: doomed,
        doomed_bytes: doomed * slot_bytes,
    }
}
