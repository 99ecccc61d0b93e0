//! What every function returns, and the text that goes with it.

use core::cell::RefCell;
use core::ffi::c_char;
use core::panic::AssertUnwindSafe;
use core::ptr::NonNull;
use std::borrow::Cow;
use std::ffi::CString;
use std::panic::catch_unwind;

use crate::callback::discard_payload;

/// What a function returns: `GC_OK`, or why nothing was done. `gc_last_error_message` gives the details.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was done.
    Ok = 0,
    /// A pointer that is needed is NULL, or not aligned for what it points to.
    Null,
    /// An argument makes no sense: a size, a mask, an option.
    InvalidArgument,
    /// The handle was never made, was ended, or is `{0}`.
    InvalidHandle,
    /// The mutator is another thread's.
    WrongThread,
    /// The object, root, weak pointer or pin is another heap's.
    WrongHeap,
    /// The thread is inside no mutation of the mutator, as it must be.
    NotInside,
    /// The thread is inside a mutation, as it must not be.
    Inside,
    /// The thread has entered another mutation since, and must leave that first.
    NotInnermost,
    /// The pointer is not the start of an object that is alive.
    NotAnObject,
    /// The word of the object is none that its type says is a pointer.
    NotAPointer,
    /// The offset lies beyond the end of the object.
    OutOfRange,
    /// The heap's limit is reached, or the system gives no memory. Leave the mutation, so that a collection can run.
    NoMemory,
    /// Threads are attached to the heap, or objects of it are pinned.
    Busy,
    /// The object has a finalizer already.
    AlreadySet,
    /// The thread runs a destructor, finalizer or cleanup, which would wait for itself.
    InCallback,
    /// The time has passed.
    TimedOut,
    /// The heap was made before this process was forked off by one that had several threads. It can be closed, which does
    /// nothing.
    Forked,
    /// A fault of the library, which was caught.
    Panic,
}

/// Why something was not done.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) status: Status,
    text: Cow<'static, str>,
}

impl Fault {
    pub(super) fn new(status: Status, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status, text: text.into() }
    }
}

pub(super) type Outcome<T = ()> = Result<T, Fault>;

thread_local! {
    static LAST: RefCell<Option<CString>> = const { RefCell::new(None) };
}

/// Runs a function of the interface: nothing unwinds out of it.
pub(super) fn call(run: impl FnOnce() -> Outcome) -> Status {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(fault)) => note(fault),
        Err(payload) => {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
            let status = note(Fault::new(Status::Panic, format!("a fault of the library: {text}")));
            discard_payload(payload);
            status
        }
    }
}

#[cold]
fn note(fault: Fault) -> Status {
    let mut text = fault.text.into_owned().into_bytes();
    text.retain(|&byte| byte != 0);
    // Of a thread that is ending there is no text.
    let _ = LAST.try_with(|last| last.replace(CString::new(text).ok()));
    fault.status
}

/// The text of the last error that a function has returned on this thread; empty if there was none. It is valid until
/// the next error on this thread, or its end. Never NULL. Any thread may call this, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn gc_last_error_message() -> *const c_char {
    let text =
        |last: &RefCell<Option<CString>>| last.borrow().as_ref().map_or(c"".as_ptr(), |text| text.as_ptr());
    LAST.try_with(text).unwrap_or(c"this thread is ending".as_ptr())
}

/// Where a result goes.
#[derive(Debug)]
pub(super) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// # Safety
    ///
    /// `out` is null, or what it points to may be written as long as the result exists.
    pub(super) unsafe fn new(out: *mut T) -> Outcome<Self> {
        match NonNull::new(out).filter(|out| out.is_aligned()) {
            Some(out) => Ok(Self(out)),
            None => Err(Fault::new(
                Status::Null,
                "there is no place for the result: the pointer is NULL or not aligned",
            )),
        }
    }

    /// As [`new`](Self::new), for a result that need not be wanted.
    ///
    /// # Safety
    ///
    /// As for `new`.
    pub(super) unsafe fn optional(out: *mut T) -> Outcome<Option<Self>> {
        if out.is_null() {
            return Ok(None);
        }
        // SAFETY: the caller's duty.
        unsafe { Self::new(out) }.map(Some)
    }

    pub(super) fn set(self, value: T) {
        // SAFETY: it may be written, by the duty of `new`'s caller.
        unsafe { self.0.write(value) };
    }
}

/// What an argument points to; `None` if that is null.
///
/// # Safety
///
/// The pointer is null, or valid as long as the result is used.
pub(super) unsafe fn argument<'a, T>(pointer: *const T) -> Outcome<Option<&'a T>> {
    if !pointer.is_null() && !pointer.is_aligned() {
        return Err(Fault::new(Status::Null, "a pointer is not aligned for what it points to"));
    }
    // SAFETY: the caller's duty.
    Ok(unsafe { pointer.as_ref() })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Fault, Out, Status, argument, call, gc_last_error_message};
    use std::ffi::CStr;

    fn message() -> String {
        // SAFETY: a string, until the next error of this thread.
        unsafe { CStr::from_ptr(gc_last_error_message()) }.to_string_lossy().into_owned()
    }

    #[test]
    fn panics_do_not_get_out() {
        assert_eq!(message(), "");
        assert_eq!(call(|| std::panic::resume_unwind(Box::new("as planned"))), Status::Panic);
        assert_eq!(message(), "a fault of the library: as planned");
        assert_eq!(call(|| std::panic::resume_unwind(Box::new(7))), Status::Panic);
        assert_eq!(message(), "a fault of the library: no message");
        assert_eq!(call(|| Ok(())), Status::Ok);
        assert_eq!(message(), "a fault of the library: no message", "of the last error");
        assert_eq!(call(|| Err(Fault::new(Status::Busy, "a\0b"))), Status::Busy);
        assert_eq!(message(), "ab");
        std::thread::scope(|scope| _ = scope.spawn(|| assert_eq!(message(), "", "another thread's")));
    }

    #[test]
    fn pointers_are_not_null_and_aligned() {
        let mut words = [0_u64; 2];
        let mut at = |bytes| (&raw mut words).cast::<u64>().wrapping_byte_add(bytes);
        for (place, expected) in
            [(at(0), true), (at(8), true), (at(4), false), (core::ptr::null_mut(), false)]
        {
            // SAFETY: written nowhere but where it may be.
            assert_eq!(unsafe { Out::new(place) }.is_ok(), expected);
            // SAFETY: read nowhere.
            let found = unsafe { argument(place) };
            assert_eq!(found.is_ok(), expected || place.is_null());
        }
        // SAFETY: a place of this function.
        unsafe { Out::new(at(8)) }.unwrap().set(5);
        // SAFETY: no place.
        assert!(unsafe { Out::<u64>::optional(core::ptr::null_mut()) }.unwrap().is_none());
        assert_eq!(words, [0, 5]);
    }
}
