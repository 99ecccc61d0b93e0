//! What a heap tells of its pins.

use core::fmt;
use core::panic::Location;

/// An object that the program has pinned: see [`Pinned`](crate::Pinned).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PinnedObject {
    /// Address of the object.
    pub address: usize,
    /// The type at which it was pinned first.
    pub type_name: &'static str,
    /// Where that was.
    pub pinned: &'static Location<'static>,
    /// Its pins that have not ended.
    pub count: u64,
}

impl fmt::Display for PinnedObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, type_name, pinned, count } = self;
        let pins = if *count == 1 { "pin" } else { "pins" };
        write!(f, "{type_name} at {address:#x}, pinned at {pinned} ({count} {pins})")
    }
}

/// The last handle of a heap is gone, and objects are pinned, which keep it. See
/// [`HeapBuilder::on_pins_left`](crate::HeapBuilder::on_pins_left).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PinsLeft {
    /// The heap, as messages name it.
    pub heap: String,
    /// The objects, by address.
    pub objects: Vec<PinnedObject>,
}

impl fmt::Display for PinsLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { heap, objects } = self;
        write!(f, "the last handle of {heap} is gone, and {} of its objects are pinned: ", objects.len())?;
        objects.iter().enumerate().try_for_each(|(index, object)| {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{object}")
        })
    }
}
