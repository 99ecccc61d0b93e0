//! Functions of the program that the heap calls, and their arguments.

use core::ffi::c_void;
use core::ptr::{null_mut, with_exposed_provenance_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::heap::HeapHandle;
use super::root::RootHandle;
use super::thread::as_callback;

/// The destructor of a type; NULL for none. It is called once for each object that is dead, outside of every mutation, on
/// a thread of the heap's own, in `gc_heap_collect`, `gc_heap_run_pending` or `gc_heap_close`. It may read and write the
/// object's bytes, and those of its `length` elements; it must not follow pointers in it, whose targets may be gone, nor
/// keep the address. It may use the heap, but not collect. It must not unwind or `longjmp` out.
pub type Destructor = Option<unsafe extern "C" fn(object: *mut c_void, length: usize, argument: *mut c_void)>;

/// A finalizer. `root` is a root of the object; it ends when the function returns, so clone it to keep the object. `heap`
/// is the handle that the mutator was attached by which has set the finalizer. Called where cleanups are; to look at the
/// object attach and enter a mutation, which end with the function if it does not end them. It may do anything but
/// wait for finalizers, and must not unwind or `longjmp` out.
pub type FinalizerCallback =
    Option<unsafe extern "C" fn(heap: HeapHandle, root: RootHandle, argument: *mut c_void)>;

/// A cleanup, or what releases the argument of a cleanup or finalizer; NULL for none. It is called outside of every
/// mutation, on a thread of the heap's own, in `gc_heap_run_pending` or `gc_heap_wait_for_pending`; to release an argument
/// also where a cleanup is stopped, a finalizer cleared, or the heap closed. It may use the heap, and must not unwind or
/// `longjmp` out.
pub type Callback = Option<unsafe extern "C" fn(argument: *mut c_void)>;

/// What a destructor is, if there is one.
pub(super) type DestructorCode = unsafe extern "C" fn(*mut c_void, usize, *mut c_void);
/// What a finalizer is.
pub(super) type FinalizerCode = unsafe extern "C" fn(HeapHandle, RootHandle, *mut c_void);

/// The pointer of an address, which was exposed.
pub(super) fn as_pointer(address: usize) -> *mut c_void {
    if address == 0 { null_mut() } else { with_exposed_provenance_mut(address) }
}

/// An argument, which is released when nobody needs it any more.
#[derive(Debug)]
pub(super) struct Argument {
    address: usize,
    release: Callback,
    /// Whether it is the heap's: if the callback is refused it stays the program's.
    pub(super) owned: Arc<AtomicBool>,
}

impl Argument {
    pub(super) fn new(argument: *mut c_void, release: Callback) -> Self {
        let address = argument.expose_provenance();
        Self { address, release, owned: Arc::new(AtomicBool::new(true)) }
    }

    pub(super) fn pointer(&self) -> *mut c_void {
        as_pointer(self.address)
    }
}

impl Drop for Argument {
    fn drop(&mut self) {
        // Relaxed: whoever writes it drops the argument.
        if let Some(release) = self.release.filter(|_| self.owned.load(Ordering::Relaxed)) {
            // SAFETY: the program has given it for this argument.
            as_callback(|| unsafe { release(self.pointer()) });
        }
    }
}
