//! The end of a thread, as the C library tells of it: after all of Rust's thread-locals have been destroyed.
//!
//! Rust's thread-locals are destroyed once. One that is used for the first time after that, by what C code has the thread
//! call at its very end, lives for ever. Values of the C library's keys are asked for again until there are none, a few
//! times.

/// Has the calling thread call `run` at its very end, once for all calls until then; never, if it is the main thread or the
/// system has no keys left.
pub(crate) fn run_at_end(run: fn()) {
    #[cfg(unix)]
    unix::run_at_end(run);
    #[cfg(not(unix))]
    let _ = run;
}

#[cfg(unix)]
mod unix {
    use crate::per_process::PerProcess;
    use core::ffi::c_void;

    /// Its value is the function to call.
    static KEY: PerProcess<Option<Key>> = PerProcess::new();

    struct Key(libc::pthread_key_t);

    impl Drop for Key {
        /// One that was made by a thread that came too late, and has no values.
        fn drop(&mut self) {
            // SAFETY: nobody else knows it.
            unsafe { libc::pthread_key_delete(self.0) };
        }
    }

    pub(super) fn run_at_end(run: fn()) {
        let key = KEY.get_or_make(|| {
            let mut key = 0;
            // SAFETY: the place of the key may be written; the function is one for values of it.
            let error = unsafe { libc::pthread_key_create(&raw mut key, Some(call)) };
            (error == 0).then_some(Key(key))
        });
        if let &Some(Key(key)) = key {
            // SAFETY: the key was made, and is never deleted. If there is no memory for it the value is not kept.
            unsafe { libc::pthread_setspecific(key, run as *const c_void) };
        }
    }

    unsafe extern "C" fn call(value: *mut c_void) {
        // SAFETY: the value is one that `run_at_end` has made of such a function.
        let run = unsafe { core::mem::transmute::<*mut c_void, fn()>(value) };
        run();
    }
}
