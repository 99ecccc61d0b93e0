//! Code of the program that a heap runs by itself, and what becomes of a panic in it.

use core::any::Any;
use core::fmt;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

/// Which code of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallbackKind {
    /// The destructor of an object.
    Destructor,
    /// A finalizer.
    Finalizer,
    /// A cleanup.
    Cleanup,
}

impl fmt::Display for CallbackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Destructor => "destructor",
            Self::Finalizer => "finalizer",
            Self::Cleanup => "cleanup",
        })
    }
}

/// A panic of a destructor, finalizer or cleanup, which was caught. See
/// [`HeapBuilder::on_panic`](crate::HeapBuilder::on_panic).
#[derive(Clone, Copy)]
pub struct CallbackPanic<'p> {
    pub(crate) kind: CallbackKind,
    pub(crate) heap: &'p str,
    pub(crate) payload: &'p (dyn Any + Send),
}

impl<'p> CallbackPanic<'p> {
    /// What has panicked.
    pub fn kind(&self) -> CallbackKind {
        self.kind
    }

    /// The heap, as messages call it.
    pub fn heap(&self) -> &'p str {
        self.heap
    }

    /// What the panic was thrown with.
    pub fn payload(&self) -> &'p (dyn Any + Send) {
        self.payload
    }

    /// The message, if the panic was thrown with one.
    pub fn message(&self) -> Option<&'p str> {
        let text = self.payload.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| self.payload.downcast_ref::<&'static str>().copied())
    }
}

impl fmt::Display for CallbackPanic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} of {} panicked", self.kind, self.heap)?;
        match self.message() {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for CallbackPanic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallbackPanic({self})")
    }
}

/// Calls a hook of the program, under no lock, on a thread that has better to do than to unwind.
pub(crate) fn call_hook(hook: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(hook)) {
        discard_payload(payload);
    }
}

/// Drops what a panic was thrown with, under no lock. It is a value of the program, and may panic in turn.
pub(crate) fn discard_payload(payload: Box<dyn Any + Send>) {
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // It could go on like that for ever.
        core::mem::forget(next);
    }
}
