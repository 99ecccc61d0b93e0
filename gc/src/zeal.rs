//! The zeal build (`--cfg gc_zeal`): a heap that collects by itself does so at every safepoint, freed slots are poisoned
//! and must still be so when they are taken again, and the whole heap is verified after each phase. Under `--cfg gc_asan`
//! whatever is no object is out of bounds for AddressSanitizer: free slots, and what slots have beyond their objects.
//! In the zeal build a cycle marks in slices, between which mutators run, if the environment says so: what marking beside
//! them will need is tested so.

use std::io::Write as _;

/// Whether this is the zeal build.
pub(crate) const ZEAL: bool = cfg!(gc_zeal);

/// The variable that says whether cycles mark in slices, by being set.
const SLICES: &str = "GC_SLICES";

/// Whether cycles of heaps that are made from now on mark in slices, with mutations between them.
pub(crate) fn in_slices() -> bool {
    ZEAL && std::env::var_os(SLICES).is_some()
}

/// Whether slots without an object are made unusable.
pub(crate) const POISONS: bool = cfg!(any(gc_zeal, gc_asan));

/// Bytes of a free slot that are checked when it is taken: enough to find who writes to dead objects, and
/// little enough for large ones.
const CHECKED_BYTES: usize = 4 << 10;

/// What freed slots are filled with under zeal. As a word it is no edge (bit 63 is set).
pub(crate) const POISON: u8 = 0xDB;

/// Ends the process: the heap is broken, and going on would hide where. Not a panic, which the collector would
/// take for one of a `trace` function.
#[cold]
pub(crate) fn fault(what: &str) -> ! {
    // Past whoever captures what tests print, as nobody else can say why the process ends.
    let _ = writeln!(std::io::stderr(), "the garbage-collected heap is broken: {what}");
    std::process::abort();
}

/// Notes that `bytes` bytes at `at` hold no object any more, or not yet.
///
/// # Safety
///
/// The range lies in one span and no object is in it.
#[inline]
pub(crate) unsafe fn poison(at: *mut u8, bytes: usize) {
    if ZEAL {
        // SAFETY: the caller's duty.
        unsafe { unpoison(at, bytes) };
        // SAFETY: the caller's duty.
        unsafe { at.write_bytes(POISON, bytes) };
    }
    #[cfg(gc_asan)]
    // SAFETY: the range is ours.
    unsafe {
        asan::__asan_poison_memory_region(at.cast_const().cast(), bytes);
    }
    let _ = (at, bytes);
}

/// Notes that an object of `bytes` bytes will be written to the free slot at `at`.
///
/// # Safety
///
/// The slot has `slot_bytes` bytes, at least `bytes`, and is the caller's.
#[inline]
pub(crate) unsafe fn take_slot(at: *mut u8, slot_bytes: usize, bytes: usize) {
    debug_assert!(bytes <= slot_bytes);
    if ZEAL {
        // SAFETY: the caller's duty.
        unsafe { unpoison(at, slot_bytes) };
        let checked = slot_bytes.min(CHECKED_BYTES);
        // SAFETY: in bounds of the slot; free slots are initialized under zeal: filled with poison.
        let bytes = unsafe { core::slice::from_raw_parts(at.cast_const(), checked) };
        let intact = bytes.iter().all(|&byte| byte == POISON);
        assert!(intact, "the free slot at {at:p} was written to: a dead object was used");
    }
    // SAFETY: the caller's duty.
    unsafe { unpoison(at, bytes) };
}

/// Notes that `bytes` bytes at `at` are no objects' any more, but memory like any other.
///
/// # Safety
///
/// The range is the caller's.
#[inline]
pub(crate) unsafe fn unpoison(at: *mut u8, bytes: usize) {
    #[cfg(gc_asan)]
    // SAFETY: the range is ours.
    unsafe {
        asan::__asan_unpoison_memory_region(at.cast_const().cast(), bytes);
    }
    let _ = (at, bytes);
}

#[cfg(gc_asan)]
mod asan {
    unsafe extern "C" {
        pub(super) fn __asan_poison_memory_region(at: *const core::ffi::c_void, bytes: usize);
        pub(super) fn __asan_unpoison_memory_region(at: *const core::ffi::c_void, bytes: usize);
    }
}
