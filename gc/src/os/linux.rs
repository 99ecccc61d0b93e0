//! Linux: anonymous private mappings, which the kernel backs with memory at the first touch.
//!
//! The kernel joins mappings that lie side by side, so unmapping one may split another in two, and is refused where the
//! process has as many as it may have (`vm.max_map_count`). What cannot be unmapped is kept: around a range as long as
//! the range, and at its end for good, but without memory behind it, so that only addresses are lost.

use core::ptr::{NonNull, null_mut};

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

/// A reserved, aligned range of addresses.
#[derive(Debug)]
pub(crate) struct Reservation {
    base: NonNull<u8>,
    bytes: usize,
    /// What is mapped: the range, and what could not be unmapped around it.
    mapped: Mapped,
}

impl Reservation {
    /// Reserves `bytes` bytes at a multiple of `align`, a power of two and a multiple of the OS page; `None` if
    /// the system refuses.
    pub(crate) fn new(bytes: usize, align: usize) -> Option<Self> {
        assert!(bytes > 0 && align.is_power_of_two(), "a range has a length and an alignment");
        let os_page = rustix::param::page_size();
        let most = bytes.checked_add(align)?.checked_next_multiple_of(os_page)?;
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        // SAFETY: a new mapping at an address of the kernel's choice.
        let mapped = unsafe { mmap_anonymous(null_mut(), most, ProtFlags::READ | ProtFlags::WRITE, flags) };
        let start: *mut u8 = mapped.ok()?.cast();
        let mut mapped = Mapped { start, bytes: most };
        // The kernel aligns to its own pages only: what lies before and behind the range is given back.
        let before = start.align_offset(align);
        let base = start.wrapping_add(before);
        mapped.trim_front(before);
        mapped.trim_back(base.wrapping_add(bytes.next_multiple_of(os_page)));
        Some(Self { base: NonNull::new(base)?, bytes, mapped })
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

/// Addresses that the kernel has mapped for us: whole OS pages.
#[derive(Debug)]
struct Mapped {
    start: *mut u8,
    bytes: usize,
}

impl Mapped {
    /// Unmaps the first `bytes` bytes, which nobody uses, if the kernel lets us.
    fn trim_front(&mut self, bytes: usize) {
        // SAFETY: a part of our mapping, which nobody uses.
        if unsafe { unmap(self.start, bytes) } {
            (self.start, self.bytes) = (self.start.wrapping_add(bytes), self.bytes - bytes);
        }
    }

    /// Unmaps what lies from `end` on, which nobody uses, if the kernel lets us.
    fn trim_back(&mut self, end: *mut u8) {
        let kept = end.addr() - self.start.addr();
        // SAFETY: a part of our mapping, which nobody uses.
        if unsafe { unmap(end, self.bytes - kept) } {
            self.bytes = kept;
        }
    }

    /// Unmaps all of it, or leaves addresses without memory behind them.
    fn give_up(&mut self) {
        // SAFETY: our mapping, which nobody uses any more.
        if !unsafe { unmap(self.start, self.bytes) } {
            // SAFETY: as above: nobody needs what it holds. A kernel that refuses this, too, keeps the memory.
            let _ = unsafe { madvise(self.start.cast(), self.bytes, Advice::LinuxDontNeed) };
        }
    }
}

/// Gives a part of a mapping back; whether the kernel has let us.
///
/// # Safety
///
/// A part of a mapping of ours that nobody uses.
unsafe fn unmap(start: *mut u8, bytes: usize) -> bool {
    #[cfg(test)]
    if tests::REFUSES.get() {
        return bytes == 0;
    }
    // SAFETY: the caller's duty.
    bytes == 0 || unsafe { munmap(start.cast(), bytes) }.is_ok()
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the range is ours.
        unsafe { crate::zeal::unpoison(self.base.as_ptr(), self.bytes) };
        self.mapped.give_up();
    }
}

// SAFETY: a range of addresses belongs to no thread.
unsafe impl Send for Reservation {}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::Reservation;

    super::super::contract_tests!(super::Reservation);

    thread_local! {
        /// Whether the kernel is taken to have as many mappings as it lets the process have.
        pub(super) static REFUSES: Cell<bool> = const { Cell::new(false) };
    }

    #[test]
    fn what_cannot_be_unmapped_is_kept_without_memory() {
        const BYTES: usize = 1 << 20;
        REFUSES.set(true);
        let range = Reservation::new(BYTES, BYTES).unwrap();
        let (base, whole) = (range.base(), range.mapped.bytes);
        assert!(base.addr().get().is_multiple_of(BYTES) && whole == 2 * BYTES);
        // SAFETY: in the range.
        unsafe { base.write_bytes(7, BYTES) };
        drop(range);
        // SAFETY: still mapped, by nobody's `Reservation`.
        assert_eq!(unsafe { base.read() }, 0, "its memory is given back");
        let range = Reservation::new(BYTES, BYTES).unwrap();
        REFUSES.set(false);
        // What was kept around the range goes with it.
        assert_eq!(range.mapped.bytes, 2 * BYTES);
    }

    #[test]
    fn only_whole_pages_of_the_system_are_decommitted() {
        const LARGE: usize = 64 << 10;
        assert!(super::are_whole_pages(2 * LARGE, LARGE, LARGE));
        assert!(!super::are_whole_pages(2 * LARGE, 4096, LARGE), "the other pages behind it may be in use");
        assert!(!super::are_whole_pages(4096, LARGE, LARGE));
    }
}
