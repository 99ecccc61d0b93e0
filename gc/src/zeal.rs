//! The zeal build (`--cfg gc_zeal`): collections are forced at every safepoint, freed slots are poisoned,
//! and the whole heap is verified after each phase. Under `--cfg gc_asan` slots that hold no object are
//! also out of bounds for AddressSanitizer.

/// Whether this is the zeal build.
pub(crate) const ZEAL: bool = cfg!(gc_zeal);

/// What freed slots are filled with under zeal. As a word it is no edge (bit 63 is set).
pub(crate) const POISON: u8 = 0xDB;

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

/// Notes that an object will be written to the `bytes` bytes at `at`.
///
/// # Safety
///
/// The range lies in one span.
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
