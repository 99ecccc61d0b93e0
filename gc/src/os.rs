//! Address ranges from the system.
//!
//! A [`Reservation`] is a range of addresses that is ours. The system backs it with memory page by page at
//! the first touch, so reserving much more than is used costs address space only. Its contents are
//! unspecified until written.

use core::ptr::NonNull;
use std::alloc::{Layout, alloc, dealloc};

/// A reserved, aligned range of addresses.
#[derive(Debug)]
pub(crate) struct Reservation {
    base: NonNull<u8>,
    layout: Layout,
}

impl Reservation {
    /// Reserves `bytes` bytes at a multiple of `align`, a power of two; `None` if the system refuses.
    pub(crate) fn new(bytes: usize, align: usize) -> Option<Self> {
        let layout = Layout::from_size_align(bytes, align).ok()?;
        assert!(bytes > 0, "an empty range cannot be reserved");
        // SAFETY: the size is not zero.
        let base = NonNull::new(unsafe { alloc(layout) })?;
        Some(Self { base, layout })
    }

    /// The first address.
    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Length of the range.
    pub(crate) fn bytes(&self) -> usize {
        self.layout.size()
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the range is ours.
        unsafe { crate::zeal::unpoison(self.base.as_ptr(), self.layout.size()) };
        // SAFETY: reserved with this layout in `new`.
        unsafe { dealloc(self.base.as_ptr(), self.layout) };
    }
}

// SAFETY: a range of addresses belongs to no thread.
unsafe impl Send for Reservation {}
