//! Pins: that the program keeps an object in place for foreign code, and how often.

use core::panic::Location;

/// What is known of a pinned object.
#[derive(Debug)]
pub(crate) struct Pin {
    /// Pins that have not ended; never zero in a record.
    pub(crate) count: u64,
    /// Address of the root slot that keeps the object, of which the pin owns a count.
    pub(crate) slot: usize,
    /// The type at which the object was pinned first.
    pub(crate) type_name: &'static str,
    /// Where that was.
    pub(crate) pinned: &'static Location<'static>,
}
