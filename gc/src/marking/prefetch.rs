//! Hints to the processor that something will be read soon.

use super::shades::Shaded;
use crate::layout::{WORD_BYTES, edge_of, load_word};
use crate::memory::{AddressMap, Bitmap};

/// Asks for the cache line of an address, which need not be valid.
#[inline(always)]
pub(super) fn prefetch(address: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: a prefetch never faults, and changes nothing.
    unsafe {
        core::arch::asm!("prfm pldl1keep, [{0}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
    let _ = address;
}

/// Asks for the mark words of what an object points to by its first 64 words, so that its scan need not wait for one after the
/// other: whether an object is marked is decided by a branch that nobody foresees.
///
/// Not always [worth it](super::look_ahead): it reads every edge and its page's entry once more.
///
/// # Safety
///
/// The object is one of the heap that the map is of, its world is stopped, and the map was made since.
#[inline(never)]
pub(super) unsafe fn prefetch_marks(map: &AddressMap, object: Shaded) {
    // SAFETY: the caller's duty.
    let mut left = unsafe { object.scan(map) }.first_words;
    while left != 0 {
        let index = left.trailing_zeros() as usize;
        left &= left - 1;
        // SAFETY: the word lies in the object and is initialized (duty 2 of `Trace`).
        let word = unsafe { load_word(object.object().wrapping_add(index * WORD_BYTES)) };
        let Some(address) = edge_of(word) else { continue };
        // An edge out of the heap is reported by the scan, where that is looked for.
        if map.is_rare(address) || (cfg!(any(debug_assertions, gc_zeal)) && !map.owns(address)) {
            continue;
        }
        // SAFETY: masked words hold edges; the caller's duties.
        let slot = unsafe { map.usual_slot_of(address) };
        prefetch(core::ptr::from_ref(slot.word(Bitmap::Marks)).cast());
    }
}
