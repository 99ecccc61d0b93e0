//! What is told of a site, by names that tools know.

use super::Site;

/// One of the four numbers that a [`Site`] tells.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Measure};
///
/// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
/// heap.mutate(|mc| _ = Gc::new(mc, [1_u64; 4]));
/// let mut text = Vec::new();
/// heap.profile().write_collapsed(&mut text, Measure::AllocatedBytes)?;
/// assert!(String::from_utf8_lossy(&text).ends_with(" 32\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// [`Site::allocated_objects`].
    AllocatedObjects,
    /// [`Site::allocated_bytes`].
    AllocatedBytes,
    /// [`Site::objects_in_use`].
    ObjectsInUse,
    /// [`Site::bytes_in_use`].
    BytesInUse,
}

impl Measure {
    pub(super) fn of(self, site: &Site) -> f64 {
        match self {
            Self::AllocatedObjects => site.allocated_objects(),
            Self::AllocatedBytes => site.allocated_bytes(),
            Self::ObjectsInUse => site.objects_in_use(),
            Self::BytesInUse => site.bytes_in_use(),
        }
    }
}

/// An estimate as a whole number, which is what files have.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a heap allocates no 2^63 bytes; if it did, the most is told"
)]
pub(super) fn whole(estimate: f64) -> i64 {
    estimate.round() as i64
}
