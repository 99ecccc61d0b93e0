//! Threads and their mutations.

use super::heap::{HeapHandle, to_attach};
use super::status::{Out, Status, call};
use super::thread;

/// A thread that is attached to a heap. It belongs to the thread that has called `gc_attach`: on any other its use is
/// `GC_WRONG_THREAD`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MutatorHandle {
    /// Not to be looked at.
    pub id: u64,
}

/// Attaches the calling thread to a heap, until `gc_detach`, or the end of the thread. A thread may attach any number of
/// times. As long as one is attached the heap cannot be closed.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_attach(heap: HeapHandle, out: *mut MutatorHandle) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        let (opened, counted) = to_attach(heap)?;
        out.set(thread::attach(opened, heap, counted)?);
        Ok(())
    })
}

/// Ends a mutator, outside of its mutations. On its thread.
#[unsafe(no_mangle)]
pub extern "C" fn gc_detach(mutator: MutatorHandle) -> Status {
    call(|| thread::detach(mutator))
}

/// Enters a mutation: from now on the thread may make, read and change objects of the heap, and no collection takes effect.
/// So keep mutations short. Mutations may be nested, also those of several heaps, and are left in the opposite order. On
/// the mutator's thread. Waits while a collection marks.
#[unsafe(no_mangle)]
pub extern "C" fn gc_enter(mutator: MutatorHandle) -> Status {
    call(|| thread::enter(mutator))
}

/// Leaves the mutation that was entered last. From the outermost one on pointers to objects of the heap are not valid any
/// more; a cycle may run before the function returns. On the mutator's thread.
#[unsafe(no_mangle)]
pub extern "C" fn gc_leave(mutator: MutatorHandle) -> Status {
    call(|| thread::leave(mutator))
}

/// Whether a collection waits for this thread to leave its mutation, or will soon: long loops ask from time to time, leave
/// and enter again. `mutator` must be inside a mutation, on its thread.
///
/// # Safety
///
/// `out` is NULL, which is an error, or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_should_leave(mutator: MutatorHandle, out: *mut bool) -> Status {
    call(|| {
        // SAFETY: the caller's duty.
        let out = unsafe { Out::new(out) }?;
        out.set(thread::inside(mutator, |mc, _| Ok(mc.should_leave()))?);
        Ok(())
    })
}
