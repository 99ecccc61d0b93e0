//! Any system: ranges from the global allocator. Nothing can be decommitted. Whether a large range is
//! backed by memory only at the first touch is up to the allocator; the usual ones map large ranges.

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

    /// Gives the memory behind `bytes` bytes at `offset` back to the system; whether that was done.
    ///
    /// # Safety
    ///
    /// Nothing in that part of the range is used; its contents are lost.
    pub(crate) unsafe fn decommit(&self, offset: usize, bytes: usize) -> bool {
        debug_assert!(offset + bytes <= self.layout.size());
        false
    }

    /// Asks for large OS pages behind `bytes` bytes at `offset`.
    pub(crate) fn prefer_large_pages(&self, offset: usize, bytes: usize) {
        debug_assert!(offset + bytes <= self.layout.size());
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

#[cfg(test)]
mod tests {
    super::super::contract_tests!(super::Reservation);
}
