//! Weak pointers.

use core::ffi::c_void;
use core::ptr::null_mut;

use super::mutator::MutatorHandle;
use super::object::{Object, Opaque, no_memory};
use super::root::{Owned, address};
use super::status::{Out, Status, call};
use super::table::Table;
use super::thread::{Attached, inside};
use crate::mutator::Mutation;
use crate::pointer::{Gc, WeakRoot};

/// A pointer that does not keep its object. It is owned by who has made it, and ended by `gc_weak_drop`, before or after
/// its heap. Any thread may use the handle.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeakHandle {
    /// Not to be looked at.
    pub id: u64,
}

static WEAK: Table<Owned<WeakRoot<Opaque>>> = Table::new(4, "weak pointer");

/// Makes a weak pointer to an object. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_weak_new(
    mutator: MutatorHandle,
    object: *mut c_void,
    out: *mut WeakHandle,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        let make = |mc: &Mutation<'_>, attached: &Attached| {
            let gc = Object::at(mc, attached, object)?.gc(mc);
            let weak = Gc::try_downgrade(gc, mc).map_err(|error| no_memory(&error))?;
            Ok(Owned::new(attached, mc.weak_root(weak)))
        };
        out.set(WeakHandle { id: WEAK.insert(inside(mutator, make)?)? });
        Ok(())
    })
}

/// Makes another weak pointer to the same object, dead or alive.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_weak_clone(weak: WeakHandle, out: *mut WeakHandle) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        out.set(WeakHandle { id: WEAK.insert(WEAK.with(weak.id, Owned::clone)?)? });
        Ok(())
    })
}

/// The object of a weak pointer, valid as one that was just made; NULL if a cycle has found it unreachable, whether or not
/// a finalizer has kept it. `mutator` must be of the same heap, and inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_weak_get(
    mutator: MutatorHandle,
    weak: WeakHandle,
    out: *mut *mut c_void,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        let object = inside(mutator, |mc, attached| {
            // To upgrade may be to sweep, which is no work to do under the lock of a table.
            let weak = WEAK.with(weak.id, |weak| weak.of(attached).cloned())??;
            Ok(weak.get(mc).map_or(null_mut(), address))
        })?;
        out.set(object);
        Ok(())
    })
}

/// Ends a weak pointer. Once; on any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn gc_weak_drop(weak: WeakHandle) -> Status {
    call(|| WEAK.remove(weak.id).map(drop))
}
