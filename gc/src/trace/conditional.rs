//! Edges under a condition: what a value reports is of interest only if another object, its key, is marked.

use super::tracer::{Deferred, TraceFn, trace_value};
use super::{Trace, Tracer};

/// A value that is to be traced if its key is marked.
///
/// It may be kept for longer than other work that is put off, also while mutations run: the value lies in an object of the
/// heap itself, and not in anything that the object owns, so its address stays right until the object is swept.
#[derive(Debug)]
pub(crate) struct Conditional {
    /// An address in the key.
    pub(crate) key: *const u8,
    at: *const u8,
    trace: TraceFn,
}

// SAFETY: an object and a value in an object, which are `Sync`, to be read by whoever does the work.
unsafe impl Send for Conditional {}

impl Conditional {
    /// The work that is due when the key is marked.
    pub(crate) fn due(self) -> Deferred {
        Deferred::Owned { at: self.at, trace: self.trace }
    }
}

impl Tracer {
    /// Reports the edges of a value for the case that the object at or around `key` is marked.
    ///
    /// `value` lies in an object of the heap itself, at a place that does not change.
    pub(crate) fn if_marked<'gc, V: Trace<'gc>>(&mut self, key: *const u8, value: &V) {
        let at = core::ptr::from_ref(value).cast();
        self.conditional.push(Conditional { key, at, trace: trace_value::<V> });
    }
}
