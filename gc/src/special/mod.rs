//! Special records: what the heap knows of a single object beside its contents.
//!
//! A record is about one byte offset in a span and lies outside the garbage-collected heap. Kinds:
//!
//! | kind | while the object is reachable | a finalizer revives it | it is dead |
//! |---|---|---|---|
//! | finalizer: code that gets the object once more | what the object reaches is marked | queued | |
//! | weak: the [`Handle`] of weak pointers to this offset | the handle is marked | cleared | cleared |
//! | cleanup: code that runs after the object's end, any number | | stays | queued |
//! | profile: which code has made the object | | stays | counted |
//! | pin: how often the program has pinned the object, and what keeps it | | | |
//!
//! A record is taken out of the span's [`Records`] by the sweep that handles it, and so handled once. Nobody but the
//! sweep acts on it: what the program has given is queued ([`Queue`]), and runs later, elsewhere.
//!
//! (Go's runtime calls them specials, and keeps them in a list for each span. Here they are in tables, so that finding
//! and adding one does not depend on how many the span has.)

mod handles;
mod pin;
#[cfg(feature = "profile")]
mod profile;
#[cfg(not(feature = "profile"))]
#[path = "no_profile.rs"]
mod profile;
mod queue;
mod records;
mod weak;

pub(crate) use handles::Cut;
pub(crate) use pin::Pin;
pub(crate) use profile::{Ahead, Profiler, Sample};
#[cfg(feature = "profile")]
pub(crate) use profile::{Counts, Origin};
pub(crate) use queue::{Pending, Queue};
pub(crate) use records::{Fate, Records};
pub(crate) use weak::Handle;

use core::any::Any;
use core::fmt;
use core::ptr::NonNull;

use crate::sync::Arc;

/// What is to be marked for the sake of something outside the heap.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    /// An object, by an address in it.
    Object(*const u8),
    /// What an object refers to, and not the object itself.
    Contents(*const u8),
}

impl Kept {
    pub(crate) fn object(address: NonNull<u8>) -> Self {
        Self::Object(address.as_ptr())
    }
}

/// What a finalizer is given.
#[derive(Debug)]
pub(crate) struct Revived {
    /// Address of the root slot that keeps the object; the finalizer owns a count of it.
    pub(crate) slot: usize,
    /// A handle that keeps the heap open.
    pub(crate) door: Arc<dyn Any + Send + Sync>,
}

/// Code of the program that runs when an object has been found unreachable for the first time.
pub(crate) struct Finalizer(pub(crate) Box<dyn Finalize>);

/// What a finalizer does.
pub(crate) trait Finalize: Send {
    fn run(self: Box<Self>, revived: Revived);

    /// What it takes the object for.
    fn type_name(&self) -> &'static str;
}

impl fmt::Debug for Finalizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Finalizer")
    }
}

/// Code of the program that runs after an object's end.
pub(crate) struct Cleanup(pub(crate) Box<dyn FnOnce() + Send>);

impl fmt::Debug for Cleanup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cleanup")
    }
}
