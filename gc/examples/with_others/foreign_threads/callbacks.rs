//! What C calls: the `void *` becomes a root, and no panic leaves.
//!
//! A panic that reached C would end the process (`extern "C"` sees to that), so it is caught, and told of when the
//! threads have ended.

use core::ffi::c_void;
use core::ptr::NonNull;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, Mutex, PoisonError};

use gc::{Heap, Root};

use super::recorder::Recorder;

/// The heap. C keeps one word for us, which is the root, and a root does not keep its heap: that is found here.
pub static HEAP: LazyLock<Heap> =
    LazyLock::new(|| Heap::builder().name("samples").min_heap_bytes(64 << 10).build());

/// What sources have left when they ended.
static ENDED: Mutex<Vec<Outcome>> = Mutex::new(Vec::new());

/// What is left of a source.
pub type Outcome = Result<Ended, String>;

/// What is left of a source that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Samples that were made.
    pub n_rounds: usize,
    /// Rounds and sums of those that were kept, the latest first.
    pub kept: Vec<(usize, u64)>,
}

/// How many sources have ended.
pub fn n_ended() -> usize {
    ENDED.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// Takes out what the sources have left.
pub fn take_ended() -> Vec<Outcome> {
    std::mem::take(&mut *ENDED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The word that C is given.
pub fn into_user(recorder: Root<Recorder<'static>>) -> *mut c_void {
    recorder.into_raw().as_ptr()
}

/// A buffer has been filled: makes a sample.
///
/// # Safety
///
/// `user` was made by [`into_user`] and has not been given to [`on_end`].
pub unsafe extern "C" fn on_filled(user: *mut c_void, round: usize) {
    let outcome = catching(|| {
        // SAFETY: the caller's duty.
        let recorder = unsafe { Root::<Recorder<'static>>::borrow_raw(word(user)) };
        HEAP.mutate(|mc| recorder.get(mc).record(mc, round));
    });
    if let Err(message) = outcome {
        end(Err(message));
    }
}

/// A source has ended: its root is dropped, and with it its objects are garbage.
///
/// # Safety
///
/// `user` was made by [`into_user`], and is not used again.
pub unsafe extern "C" fn on_end(user: *mut c_void) {
    let outcome = catching(|| {
        // SAFETY: the caller's duty.
        let recorder = unsafe { Root::<Recorder<'static>>::from_raw(word(user)) };
        HEAP.mutate(|mc| {
            let recorder = recorder.get(mc);
            Ended { n_rounds: recorder.n_rounds(), kept: recorder.kept() }
        })
    });
    end(outcome);
}

fn word(user: *mut c_void) -> NonNull<c_void> {
    NonNull::new(user).expect("C gives back what it was given")
}

fn end(outcome: Outcome) {
    ENDED.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
}

/// Runs `run`; a panic becomes its message.
fn catching<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    // The heap is as it should be after a panic, and nothing else is shared.
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| message(&*payload))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}
