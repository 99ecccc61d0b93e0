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

    impl Key {
        /// None if there are no more.
        fn new() -> Option<Self> {
            let mut key = 0;
            // SAFETY: the place of the key may be written; the function is one for values of it.
            let error = unsafe { libc::pthread_key_create(&raw mut key, Some(call)) };
            // Not `then_some`, which would make a key of another's number, and delete it.
            (error == 0).then(|| Self(key))
        }
    }

    impl Drop for Key {
        /// One that was made by a thread that came too late, and has no values.
        fn drop(&mut self) {
            // SAFETY: nobody else knows it.
            unsafe { libc::pthread_key_delete(self.0) };
        }
    }

    pub(super) fn run_at_end(run: fn()) {
        let key = KEY.get_or_make(Key::new);
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

    #[cfg(all(test, not(loom)))]
    mod tests {
        use super::Key;

        /// Whether there was another key to be made.
        fn is_another_there() -> bool {
            let mut key = 0;
            // SAFETY: the place of the key may be written.
            unsafe { libc::pthread_key_create(&raw mut key, None) == 0 }
        }

        /// In a child, whose keys nobody else needs.
        #[test]
        fn where_there_are_no_keys_none_is_deleted() {
            // SAFETY: the child does nothing but what is tested, and ends.
            let child = match unsafe { libc::fork() } {
                0 => {
                    while is_another_there() {}
                    let made = Key::new().is_some();
                    // SAFETY: it has no duties.
                    unsafe { libc::_exit(i32::from(made) + 2 * i32::from(is_another_there())) }
                }
                child => child,
            };
            let mut status = -1;
            // SAFETY: the status may be written.
            assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
            assert_eq!(status, 0, "made one, or deleted another's");
        }
    }
}
