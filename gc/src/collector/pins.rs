//! Telling of pins: those of a heap, and those that are left when its last handle is gone.

use super::tell;
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
    tell::pins_left(core, &left);
}
