//! The functions of the interface, with results instead of places for them.

use core::ffi::{CStr, c_void};
use core::mem::MaybeUninit;

use gc::capi as c;
use gc::capi::{
    Callback, CleanupHandle, CycleReport, FinalizerCallback, HeapHandle, HeapOptions, HeapReport,
    MutatorHandle, PinHandle, RootHandle, Status, TypeHandle, TypeOptions, WeakHandle,
};

/// A pointer to an object.
pub(crate) type Object = *mut c_void;
pub(crate) type Outcome<T> = Result<T, Status>;

/// A call that gives a result.
fn gives<T>(call: impl FnOnce(*mut T) -> Status) -> Outcome<T> {
    let mut place = MaybeUninit::uninit();
    match call(place.as_mut_ptr()) {
        // SAFETY: a call that is done has written its result.
        Status::Ok => Ok(unsafe { place.assume_init() }),
        status => Err(status),
    }
}

/// The text of the last error.
pub(crate) fn message() -> String {
    // SAFETY: a string, until the next error.
    unsafe { CStr::from_ptr(c::gc_last_error_message()) }.to_string_lossy().into_owned()
}

/// Asserts that a call was done.
#[track_caller]
pub(crate) fn done(status: Status) {
    assert_eq!(status, Status::Ok, "{}", message());
}

/// The result of a call that is right.
#[track_caller]
pub(crate) fn right<T>(outcome: Outcome<T>) -> T {
    outcome.unwrap_or_else(|status| panic!("{status:?}: {}", message()))
}

pub(crate) fn heap_new(options: &HeapOptions) -> HeapHandle {
    // SAFETY: both are valid.
    right(gives(|out| unsafe { c::gc_heap_new(options, out) }))
}

pub(crate) fn collect(heap: HeapHandle) -> Outcome<CycleReport> {
    // SAFETY: the place is valid.
    gives(|out| unsafe { c::gc_heap_collect(heap, 0, out) })
}

pub(crate) fn run_pending(heap: HeapHandle) -> Outcome<u64> {
    // SAFETY: the place is valid.
    gives(|out| unsafe { c::gc_heap_run_pending(heap, out) })
}

pub(crate) fn stats(heap: HeapHandle) -> HeapReport {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_heap_stats(heap, out) }))
}

pub(crate) fn attach(heap: HeapHandle) -> MutatorHandle {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_attach(heap, out) }))
}

pub(crate) fn type_new(options: &TypeOptions) -> TypeHandle {
    // SAFETY: both are valid.
    right(gives(|out| unsafe { c::gc_type_new(options, out) }))
}

pub(crate) fn alloc(mutator: MutatorHandle, object_type: TypeHandle, length: usize) -> Outcome<Object> {
    // SAFETY: the place is valid.
    gives(|out| unsafe { c::gc_alloc(mutator, object_type, length, out) })
}

pub(crate) fn get(mutator: MutatorHandle, object: Object, offset: usize) -> Object {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_get(mutator, object, offset, out) }))
}

pub(crate) fn root_new(mutator: MutatorHandle, object: Object) -> RootHandle {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_root_new(mutator, object, out) }))
}

pub(crate) fn root_clone(root: RootHandle) -> RootHandle {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_root_clone(root, out) }))
}

pub(crate) fn root_get(mutator: MutatorHandle, root: RootHandle) -> Object {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_root_get(mutator, root, out) }))
}

pub(crate) fn weak_new(mutator: MutatorHandle, object: Object) -> Outcome<WeakHandle> {
    // SAFETY: the place is valid.
    gives(|out| unsafe { c::gc_weak_new(mutator, object, out) })
}

pub(crate) fn weak_clone(weak: WeakHandle) -> WeakHandle {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_weak_clone(weak, out) }))
}

pub(crate) fn weak_get(mutator: MutatorHandle, weak: WeakHandle) -> Object {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_weak_get(mutator, weak, out) }))
}

pub(crate) fn pin_new(mutator: MutatorHandle, object: Object) -> PinHandle {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_pin_new(mutator, object, out) }))
}

pub(crate) fn pin_address(pin: PinHandle) -> Object {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_pin_address(pin, out) }))
}

/// # Safety
///
/// As for `gc_finalizer_set`.
pub(crate) unsafe fn finalizer_set(
    mutator: MutatorHandle,
    object: Object,
    finalizer: FinalizerCallback,
    argument: *mut c_void,
    release: Callback,
) -> Status {
    // SAFETY: the caller's duty.
    unsafe { c::gc_finalizer_set(mutator, object, finalizer, argument, release) }
}

pub(crate) fn finalizer_clear(mutator: MutatorHandle, object: Object) -> bool {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_finalizer_clear(mutator, object, out) }))
}

/// # Safety
///
/// As for `gc_cleanup_add`.
pub(crate) unsafe fn cleanup_add(
    mutator: MutatorHandle,
    object: Object,
    cleanup: Callback,
    argument: *mut c_void,
    release: Callback,
) -> CleanupHandle {
    // SAFETY: the caller's duty; the place is valid.
    right(gives(|out| unsafe { c::gc_cleanup_add(mutator, object, cleanup, argument, release, out) }))
}

pub(crate) fn cleanup_stop(cleanup: CleanupHandle) -> bool {
    // SAFETY: the place is valid.
    right(gives(|out| unsafe { c::gc_cleanup_stop(cleanup, out) }))
}
