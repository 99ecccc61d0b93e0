//! Pins.

use core::ffi::c_void;

use super::mutator::MutatorHandle;
use super::object::{Object, Opaque};
use super::root::Owned;
use super::status::{Out, Status, call};
use super::table::Table;
use super::thread::{Attached, inside};
use crate::mutator::Mutation;
use crate::pinned::Pinned;

/// Keeps an object, whose bytes may be used outside of mutations as long as the pin has not ended: by a system call, another
/// library, another thread. It is owned by who has made it, and ended by `gc_pin_drop`; a heap with pins cannot be closed.
/// Any thread may use the handle.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinHandle {
    /// Not to be looked at.
    pub id: u64,
}

static PINS: Table<Owned<Pinned<Opaque>>> = Table::new(5, "pin");

/// Pins an object; any number of times. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_pin_new(
    mutator: MutatorHandle,
    object: *mut c_void,
    out: *mut PinHandle,
) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        let make = |mc: &Mutation<'_>, attached: &Attached| {
            let pin = mc.pin(Object::at(mc, attached, object)?.gc(mc));
            Ok(Owned::new(attached, pin))
        };
        out.set(PinHandle { id: PINS.insert(inside(mutator, make)?)? });
        Ok(())
    })
}

/// The address of a pinned object: its bytes, but for its pointers, may be used as long as the pin has not ended, inside
/// and outside of mutations. On any thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_pin_address(pin: PinHandle, out: *mut *mut c_void) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        out.set(PINS.with(pin.id, |pin| pin.any().as_ptr().cast_mut().cast())?);
        Ok(())
    })
}

/// Ends a pin. Once; on any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn gc_pin_drop(pin: PinHandle) -> Status {
    call(|| PINS.remove(pin.id).map(drop))
}
