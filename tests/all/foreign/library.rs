//! Closures on threads of the C library.

use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

pub(super) use examples::foreign_threads::sampler::{END_IN_THREAD, END_WITH_THREAD};
use examples::foreign_threads::sampler::{Source, sampler_join, sampler_start};

/// What one thread does.
pub(super) struct Job {
    round: Box<dyn FnMut(usize) + Send>,
    end: Option<Box<dyn FnOnce() + Send>>,
    panics: Arc<Mutex<usize>>,
}

/// Runs threads of the library, `n_rounds` rounds each, and waits for them.
///
/// # Panics
///
/// One of the closures has panicked, which its message tells.
#[track_caller]
pub(super) fn run<R, E>(n_threads: usize, n_rounds: usize, end: c_int, job: impl Fn(usize) -> (R, E))
where
    R: FnMut(usize) + Send + 'static,
    E: FnOnce() + Send + 'static,
{
    let panics: Arc<Mutex<usize>> = Arc::default();
    let source = |thread| {
        let (round, end) = job(thread);
        let job = Job { round: Box::new(round), end: Some(Box::new(end)), panics: Arc::clone(&panics) };
        Source { user: Box::into_raw(Box::new(job)).cast(), buffer: null_mut(), n_bytes: 0 }
    };
    let sources: Vec<Source> = (0..n_threads).map(source).collect();
    // SAFETY: there are no buffers, and jobs may be sent to other threads.
    let sampler = unsafe { sampler_start(sources.as_ptr(), n_threads, n_rounds, on_round, on_end, end) };
    let sampler = sampler.expect("threads can be started");
    // SAFETY: it was made above, and is not used again.
    unsafe { sampler_join(sampler) };
    assert_eq!(*panics.lock().unwrap(), 0, "closures panicked on threads of the library");
}

unsafe extern "C" fn on_round(user: *mut c_void, round: usize) {
    // SAFETY: a job that `on_end` has not taken back, and of this thread only.
    let job = unsafe { &mut *user.cast::<Job>() };
    if catch_unwind(AssertUnwindSafe(|| (job.round)(round))).is_err() {
        *job.panics.lock().unwrap() += 1;
    }
}

unsafe extern "C" fn on_end(user: *mut c_void) {
    // SAFETY: made by `Box::into_raw`, and C calls this once.
    let mut job = unsafe { Box::from_raw(user.cast::<Job>()) };
    let end = job.end.take().expect("ends once");
    if catch_unwind(AssertUnwindSafe(end)).is_err() {
        *job.panics.lock().unwrap() += 1;
    }
}
