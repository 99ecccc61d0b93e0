//! Roots.

use core::ffi::c_void;

use super::mutator::MutatorHandle;
use super::object::{Object, Opaque};
use super::status::{Fault, Out, Outcome, Status, call};
use super::table::Table;
use super::thread::{Attached, inside};
use crate::mutator::Mutation;
use crate::pointer::{Gc, Root};

/// Keeps an object alive outside of mutations. It is owned by who has made it, and ended by `gc_root_drop`, before or
/// after its heap. Any thread may use the handle.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootHandle {
    /// Not to be looked at.
    pub id: u64,
}

/// Something of one heap.
#[derive(Clone, Debug)]
pub(super) struct Owned<T> {
    heap: u64,
    value: T,
}

impl<T> Owned<T> {
    pub(super) fn new(attached: &Attached, value: T) -> Self {
        Self { heap: attached.record.core.id.number(), value }
    }

    /// The value, if it is of the mutator's heap.
    pub(super) fn of(&self, attached: &Attached) -> Outcome<&T> {
        if self.heap == attached.record.core.id.number() {
            return Ok(&self.value);
        }
        Err(Fault::new(Status::WrongHeap, "the handle was made in another heap than that of the mutator"))
    }

    /// The value, whatever its heap.
    pub(super) fn any(&self) -> &T {
        &self.value
    }
}

static ROOTS: Table<Owned<Root<Opaque>>> = Table::new(2, "root");

/// The address of an object.
pub(super) fn address(gc: Gc<'_, Opaque>) -> *mut c_void {
    Gc::as_ptr(gc).cast_mut().cast()
}

/// Registers a root of an object of a heap with this number.
pub(super) fn register(heap: u64, root: Root<Opaque>) -> Outcome<RootHandle> {
    Ok(RootHandle { id: ROOTS.insert(Owned { heap, value: root })? })
}

/// Ends a root that perhaps has ended.
pub(super) fn forget(RootHandle { id }: RootHandle) {
    drop(ROOTS.remove(id));
}

/// Makes a root of an object. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_root_new(
    mutator: MutatorHandle,
    object: *mut c_void,
    out: *mut RootHandle,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        let make = |mc: &Mutation<'_>, attached: &Attached| {
            let root = mc.root(Object::at(mc, attached, object)?.gc(mc));
            Ok(Owned::new(attached, root))
        };
        out.set(RootHandle { id: ROOTS.insert(inside(mutator, make)?)? });
        Ok(())
    })
}

/// Makes another root of the same object, outside or inside of mutations.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_root_clone(root: RootHandle, out: *mut RootHandle) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        out.set(RootHandle { id: ROOTS.insert(ROOTS.with(root.id, Owned::clone)?)? });
        Ok(())
    })
}

/// The object of a root; valid as one that was just made. `mutator` must be of the root's heap, and inside a mutation, on
/// its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_root_get(
    mutator: MutatorHandle,
    root: RootHandle,
    out: *mut *mut c_void,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        let object = inside(mutator, |mc, attached| {
            ROOTS.with(root.id, |root| root.of(attached).map(|root| address(root.get(mc))))?
        })?;
        out.set(object);
        Ok(())
    })
}

/// Ends a root. Once; on any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn gc_root_drop(root: RootHandle) -> Status {
    call(|| ROOTS.remove(root.id).map(drop))
}
