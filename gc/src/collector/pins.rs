//! Telling of pins: those of a heap, and those that are left when its last handle is gone.

use crate::callback::call_hook;
use crate::mutator::Core;
use crate::pin_report::{PinnedObject, PinsLeft};

/// The pinned objects of a heap, by address.
pub(crate) fn pins(core: &Core) -> Vec<PinnedObject> {
    let mut objects = Vec::new();
    core.memory.each_pin(|address, pin| {
        objects.push(PinnedObject {
            address: address.addr(),
            type_name: pin.type_name,
            pinned: pin.pinned,
            count: pin.count,
        });
    });
    objects.sort_unstable_by_key(|object| object.address);
    objects
}

/// Tells the program of pins that are left, if there are any.
pub(crate) fn report_pins_left(core: &Core) {
    if core.memory.specials.n_pins() == 0 {
        return;
    }
    let left = PinsLeft { heap: core.roots.describe(), objects: pins(core) };
    #[cfg(feature = "tracing")]
    tracing::warn!(target: "gc", "{left}");
    if let Some(hook) = &core.options.on_pins_left {
        // Where a handle is dropped, perhaps by a panic already.
        call_hook(|| (hook.0)(&left));
    }
}
