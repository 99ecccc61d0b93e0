//! Linux: anonymous private mappings, which the kernel backs with memory at the first touch.

use core::ptr::{NonNull, null_mut};

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

/// A reserved, aligned range of addresses.
#[derive(Debug)]
pub(crate) struct Reservation {
    base: NonNull<u8>,
    bytes: usize,
}

impl Reservation {
    /// Reserves `bytes` bytes at a multiple of `align`, a power of two and a multiple of the OS page; `None` if
    /// the system refuses.
    pub(crate) fn new(bytes: usize, align: usize) -> Option<Self> {
        assert!(bytes > 0 && align.is_power_of_two(), "a range has a length and an alignment");
        let most = bytes.checked_add(align)?.checked_next_multiple_of(4096)?;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping at an address of the kernel's choice.
        let mapped = unsafe { mmap_anonymous(null_mut(), most, ProtFlags::READ | ProtFlags::WRITE, flags) };
        let start: *mut u8 = mapped.ok()?.cast();
        // The kernel aligns to its own pages only: what lies before and behind the range is given back.
        let before = start.align_offset(align);
        let base = start.wrapping_add(before);
        let end = bytes.next_multiple_of(rustix::param::page_size());
        // SAFETY: the front of the new mapping, which nobody uses.
        unsafe { unmap(start, before) };
        // SAFETY: the end of the new mapping, which nobody uses.
        unsafe { unmap(base.wrapping_add(end), most.saturating_sub(before + end)) };
        Some(Self { base: NonNull::new(base)?, bytes })
    }

    /// The first address.
    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Length of the range.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Gives the memory behind `bytes` bytes at `offset` back to the system; whether that was done.
    ///
    /// # Safety
    ///
    /// Nothing in that part of the range is used; its contents are lost.
    pub(crate) unsafe fn decommit(&self, offset: usize, bytes: usize) -> bool {
        debug_assert!(offset + bytes <= self.bytes);
        // The kernel rounds the length up to its own pages, which may be larger than those of the heap: it would take
        // memory that is in use.
        if !are_whole_pages(offset, bytes, rustix::param::page_size()) {
            return false;
        }
        // SAFETY: in our range, whose contents nobody needs.
        unsafe { madvise(self.base.as_ptr().wrapping_add(offset).cast(), bytes, Advice::LinuxDontNeed) }
            .is_ok()
    }

    /// Asks for large OS pages behind `bytes` bytes at `offset`: fewer first touches and address translations.
    pub(crate) fn prefer_large_pages(&self, offset: usize, bytes: usize) {
        debug_assert!(offset + bytes <= self.bytes);
        // SAFETY: in our range; the contents stay. A kernel without large pages refuses, which is no fault.
        let _ =
            unsafe { madvise(self.base.as_ptr().wrapping_add(offset).cast(), bytes, Advice::LinuxHugepage) };
    }
}

/// Whether a part of a range begins and ends between OS pages.
fn are_whole_pages(offset: usize, bytes: usize, os_page: usize) -> bool {
    offset.is_multiple_of(os_page) && bytes.is_multiple_of(os_page)
}

/// # Safety
///
/// A part of a mapping of ours that nobody uses.
unsafe fn unmap(start: *mut u8, bytes: usize) {
    if bytes > 0 {
        // SAFETY: the caller's duty. It fails only for ranges that are no mapping.
        unsafe { munmap(start.cast(), bytes) }.expect("a mapping of ours can be unmapped");
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the range is ours.
        unsafe { crate::zeal::unpoison(self.base.as_ptr(), self.bytes) };
        // SAFETY: mapped in `new`, and given up.
        unsafe { unmap(self.base.as_ptr(), self.bytes.next_multiple_of(rustix::param::page_size())) };
    }
}

// SAFETY: a range of addresses belongs to no thread.
unsafe impl Send for Reservation {}

#[cfg(test)]
mod tests {
    super::super::contract_tests!(super::Reservation);

    #[test]
    fn only_whole_pages_of_the_system_are_decommitted() {
        const LARGE: usize = 64 << 10;
        assert!(super::are_whole_pages(2 * LARGE, LARGE, LARGE));
        assert!(!super::are_whole_pages(2 * LARGE, 4096, LARGE), "the other pages behind it may be in use");
        assert!(!super::are_whole_pages(4096, LARGE, LARGE));
    }
}
