//! Finalizers.

use core::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::callbacks::{Argument, Callback, FinalizerCallback, FinalizerCode};
use super::heap::HeapHandle;
use super::mutator::MutatorHandle;
use super::object::{Object, Opaque};
use super::root::{forget, register};
use super::status::{Fault, Out, Status, call};
use super::thread::{as_callback, inside};
use crate::finalizer::Finalized;

/// Calls a finalizer with a root that ends with the call.
fn finalize(finalizer: FinalizerCode, handle: HeapHandle, argument: &Argument, object: Finalized<Opaque>) {
    let heap = object.heap().core().id.number();
    let Ok(root) = register(heap, object.into_root()) else { return };
    // SAFETY: the program has given it for this argument.
    as_callback(|| unsafe { finalizer(handle, root, argument.pointer()) });
    forget(root);
}

/// Has `finalizer` called when a cycle has found the object unreachable. It gets a root of it, and may keep it. With that
/// it is spent. An object that is in a cycle of references is never finalized, nor freed: prefer cleanups and destructors.
///
/// `release`, unless it is NULL, is called with `argument` when the heap does not need it any more: after the finalizer, or
/// when that was cleared, or the heap has ended. If this function returns an error the argument stays the program's;
/// `GC_ALREADY_SET` if the object has a finalizer. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `finalizer` and `release` may be called with `argument`, on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_finalizer_set(
    mutator: MutatorHandle,
    object: *mut c_void,
    finalizer: FinalizerCallback,
    argument: *mut c_void,
    release: Callback,
) -> Status {
    call(|| {
        let finalizer = finalizer.ok_or_else(|| Fault::new(Status::Null, "the finalizer is NULL"))?;
        inside(mutator, |mc, attached| {
            let gc = Object::at(mc, attached, object)?.gc(mc);
            let (argument, handle) = (Argument::new(argument, release), attached.handle);
            let owned = Arc::clone(&argument.owned);
            let set = mc.set_finalizer(gc, move |object| finalize(finalizer, handle, &argument, object));
            set.map_err(|refused| {
                // Relaxed: the refused one is dropped by this thread.
                owned.store(false, Ordering::Relaxed);
                drop(refused);
                Fault::new(
                    Status::AlreadySet,
                    "the object has a finalizer already: clear it with `gc_finalizer_clear`",
                )
            })
        })
    })
}

/// Clears the finalizer of an object; `out`, which may be NULL, is whether it had one that was not due. `mutator` must be
/// inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_finalizer_clear(
    mutator: MutatorHandle,
    object: *mut c_void,
    out: *mut bool,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::optional(out) }?;
        let cleared = inside(mutator, |mc, attached| {
            let gc = Object::at(mc, attached, object)?.gc(mc);
            Ok(mc.clear_finalizer(gc))
        })?;
        out.into_iter().for_each(|out| out.set(cleared));
        Ok(())
    })
}
