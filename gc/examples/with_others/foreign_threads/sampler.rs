//! The C library, as `sampler.h` declares it.
#![expect(missing_debug_implementations, reason = "they mirror C")]

use core::ffi::{c_int, c_void};
use core::ptr::NonNull;

/// The threads of one call of [`sampler_start`].
#[repr(C)]
pub struct Sampler {
    opaque: [u8; 0],
}

/// What a thread fills, and the word that its calls are given.
#[repr(C)]
pub struct Source {
    /// Handed to each call.
    pub user: *mut c_void,
    /// Where the thread writes.
    pub buffer: *mut u8,
    /// Bytes of the buffer.
    pub n_bytes: usize,
}

/// Called when the buffer is filled, with the number of the round.
pub type OnFilled = unsafe extern "C" fn(user: *mut c_void, round: usize);

/// Called once for each source, when nothing else will be called with `user`.
pub type OnEnd = unsafe extern "C" fn(user: *mut c_void);

/// A thread makes its last call after the last round.
pub const END_IN_THREAD: c_int = 0;
/// It makes it when its thread-locals have been destroyed.
pub const END_WITH_THREAD: c_int = 1;

unsafe extern "C" {
    /// Starts a thread for each source.
    ///
    /// # Safety
    ///
    /// `sources` points to `n_sources` of them, whose buffers may be written, and whose `user` may be handed to the
    /// functions on any thread, until the threads have ended. `end` is one of the two constants.
    pub fn sampler_start(
        sources: *const Source,
        n_sources: usize,
        n_rounds: usize,
        on_filled: OnFilled,
        on_end: OnEnd,
        end: c_int,
    ) -> Option<NonNull<Sampler>>;

    /// Waits until all threads have ended.
    ///
    /// # Safety
    ///
    /// The sampler is of `sampler_start`, and is not used again.
    pub fn sampler_join(sampler: NonNull<Sampler>);
}
