//! Cleanups.

use core::ffi::c_void;

use super::callbacks::{Argument, Callback};
use super::mutator::MutatorHandle;
use super::object::Object;
use super::status::{Fault, Out, Status, call};
use super::table::Table;
use super::thread::{as_callback, inside};
use crate::cleanup::Cleanup;

/// A cleanup that was added. It is owned by who has added it, and ended by `gc_cleanup_stop` or `gc_cleanup_forget`, before
/// or after it runs. Any thread may use the handle.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CleanupHandle {
    /// Not to be looked at.
    pub id: u64,
}

static CLEANUPS: Table<Cleanup> = Table::new(6, "cleanup");

/// Has `cleanup` called with `argument` after the object's end. The argument must not keep the object, by a root; it is not
/// passed. An object may have any number of cleanups, which are called in this order.
///
/// `release`, unless it is NULL, is called with `argument` when the heap does not need it any more: after the cleanup, or
/// when that was stopped, or the heap has ended. If this function returns an error the argument stays the program's. `out`
/// may be NULL if it is not to be stopped. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `cleanup` and `release` may be called with `argument`, on any thread; `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_cleanup_add(
    mutator: MutatorHandle,
    object: *mut c_void,
    cleanup: Callback,
    argument: *mut c_void,
    release: Callback,
    out: *mut CleanupHandle,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::optional(out) }?;
        let cleanup = cleanup.ok_or_else(|| Fault::new(Status::Null, "the cleanup is NULL"))?;
        let added = inside(mutator, |mc, attached| {
            let gc = Object::at(mc, attached, object)?.gc(mc);
            // SAFETY: the caller's duty.
            let run = move |argument: Argument| as_callback(|| unsafe { cleanup(argument.pointer()) });
            Ok(mc.add_cleanup(gc, Argument::new(argument, release), run))
        })?;
        if let Some(out) = out {
            out.set(CleanupHandle { id: CLEANUPS.insert(added)? });
        }
        Ok(())
    })
}

/// Takes a cleanup back, if it is not due; `out`, which may be NULL, is whether it was not: then it does not run any more.
/// Ends the handle. On any thread.
///
/// # Safety
///
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_cleanup_stop(cleanup: CleanupHandle, out: *mut bool) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::optional(out) }?;
        let stopped = CLEANUPS.remove(cleanup.id)?.stop();
        out.into_iter().for_each(|out| out.set(stopped));
        Ok(())
    })
}

/// Ends the handle of a cleanup, which runs as ever. Once; on any thread.
#[unsafe(no_mangle)]
pub extern "C" fn gc_cleanup_forget(cleanup: CleanupHandle) -> Status {
    call(|| CLEANUPS.remove(cleanup.id).map(drop))
}
