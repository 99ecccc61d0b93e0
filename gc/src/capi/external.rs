//! Memory that objects own elsewhere.

use super::heap::{HeapHandle, heap_of};
use super::status::{Out, Status, call};
use super::table::Table;
use crate::external::External;

/// Memory that an object owns elsewhere, in bytes: the heap counts it for the time of the next cycle and for limits. It is
/// owned by who has made it, as a rule kept in the object, and ended by the object's destructor with `gc_external_drop`. Any
/// thread may use the handle, also in a destructor.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExternalHandle {
    /// Not to be looked at.
    pub id: u64,
}

static EXTERNALS: Table<External> = Table::new(7, "piece of external memory");

/// Tells the heap of memory that an object owns elsewhere. Any thread may call this, inside a mutation or not.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_external_new(heap: HeapHandle, bytes: usize, out: *mut ExternalHandle) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        out.set(ExternalHandle { id: EXTERNALS.insert(heap_of(heap)?.external(bytes))? });
        Ok(())
    })
}

/// Changes how many bytes it stands for. On any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn gc_external_set(external: ExternalHandle, bytes: usize) -> Status {
    call(|| EXTERNALS.with(external.id, |external| external.set(bytes)))
}

/// The memory is gone. Once; on any thread, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn gc_external_drop(external: ExternalHandle) -> Status {
    call(|| EXTERNALS.remove(external.id).map(drop))
}
