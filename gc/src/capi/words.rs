//! The pointers in objects.

use core::ffi::c_void;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::mutator::MutatorHandle;
use super::object::Object;
use super::status::{Out, Outcome, Status, call};
use super::thread::{Attached, inside};
use crate::mutator::Mutation;

/// A pointer in an object.
///
/// # Safety
///
/// The word lies in an object, which lives as long as the result is used.
unsafe fn atomic<'a>(word: NonNull<*mut c_void>) -> &'a AtomicPtr<c_void> {
    // SAFETY: the caller's duty; words are aligned.
    unsafe { AtomicPtr::from_ptr(word.as_ptr()) }
}

/// Checks what is to be stored in an object: NULL or an object.
fn check(mc: &Mutation<'_>, attached: &Attached, value: *mut c_void) -> Outcome {
    if value.is_null() { Ok(()) } else { Object::at(mc, attached, value).map(|_| ()) }
}

/// Reads the pointer at `offset` bytes of an object: NULL, or an object, valid as one that was just made. What its writer
/// did before, on whichever thread, is seen. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_get(
    mutator: MutatorHandle,
    object: *mut c_void,
    offset: usize,
    out: *mut *mut c_void,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        let value = inside(mutator, |mc, attached| {
            let word = Object::at(mc, attached, object)?.word(offset)?;
            // Acquire: pairs with the release in `gc_set`.
            // SAFETY: a word of an object that was found in the mutation.
            Ok(unsafe { atomic(word) }.load(Ordering::Acquire))
        })?;
        out.set(value);
        Ok(())
    })
}

/// Stores a pointer at `offset` bytes of an object: NULL, or an object of the same heap. Any number of threads may do so at
/// the same time. `mutator` must be inside a mutation, on its thread.
#[unsafe(no_mangle)]
pub extern "C" fn gc_set(
    mutator: MutatorHandle,
    object: *mut c_void,
    offset: usize,
    value: *mut c_void,
) -> Status {
    call(|| {
        inside(mutator, |mc, attached| {
            let word = Object::at(mc, attached, object)?.word(offset)?;
            check(mc, attached, value)?;
            // SAFETY: as in `gc_get`.
            let word = unsafe { atomic(word) };
            // Relaxed: the target is only marked.
            mc.overwrites(|| word.load(Ordering::Relaxed).cast());
            // Release: pairs with the acquire in `gc_get`.
            word.store(value, Ordering::Release);
            Ok(())
        })
    })
}

/// Stores `value` at `offset` bytes of an object if `expected` is there. `found` is what was there: `expected` exactly if
/// `value` was stored. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `found` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_compare_exchange(
    mutator: MutatorHandle,
    object: *mut c_void,
    offset: usize,
    expected: *mut c_void,
    value: *mut c_void,
    found: *mut *mut c_void,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let found = unsafe { Out::new(found) }?;
        let was = inside(mutator, |mc, attached| {
            let word = Object::at(mc, attached, object)?.word(offset)?;
            check(mc, attached, value)?;
            // SAFETY: as in `gc_get`.
            let word = unsafe { atomic(word) };
            mc.overwrites(|| word.load(Ordering::Relaxed).cast());
            // Acquire and release: pairs with `gc_get` and `gc_set`.
            let outcome = word.compare_exchange(expected, value, Ordering::AcqRel, Ordering::Acquire);
            Ok(outcome.unwrap_or_else(|found| found))
        })?;
        found.set(was);
        Ok(())
    })
}
