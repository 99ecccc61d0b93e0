//! The only door to atomics, locks and thread-locals of the standard library, so that a model checker can
//! take their place, and the order in which locks are taken.
//!
//! # Lock order
//!
//! A thread takes locks in the order of [`Rank`] only; debug builds check it. No code of the program runs
//! while a lock is held, but for implementations of `Trace` by hand, which look at their value only (its duty 6), the
//! global allocator, and signal handlers. The last two must not use a heap: a handler that would wait for the lock that
//! its own thread holds is told so. The same goes for a lock whose thread a `fork` has lost.
//!
//! # Models
//!
//! With `--cfg loom` everything here is loom's, and exists only while a model runs; the names in [`fixed`] are
//! those of the standard library in every build, for what has to be a constant and is in no model.

mod brief_mutex;
mod holder;
#[cfg(loom)]
pub(crate) mod models;
mod mutex;
#[cfg(all(test, loom))]
mod tests_loom;
mod waits;

pub(crate) use brief_mutex::BriefMutex;
#[cfg(feature = "profile")]
pub(crate) use brief_mutex::BriefMutexGuard;
pub(crate) use mutex::{Mutex, MutexGuard};
pub(crate) use std::sync::{Arc, OnceLock, Weak};
pub(crate) use waits::{Condvar, Pauses};

#[cfg(not(loom))]
use std::sync as inner;
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};

#[cfg(loom)]
use loom::sync as inner;
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};

/// Atomics that no model looks at.
pub(crate) mod fixed {
    pub(crate) use std::sync::atomic::AtomicU32;
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize};
}

#[cfg(not(loom))]
use std::thread::yield_now;

#[cfg(loom)]
use loom::thread::yield_now;

/// Frees memory; in a model only after the run, so that it finds who uses the memory still.
#[cfg(not(loom))]
pub(crate) use std::alloc::dealloc;

#[cfg(loom)]
pub(crate) use models::dealloc;

/// Whether a model leaves a step out, to show that it is needed. Never, where no model runs.
#[cfg(not(loom))]
#[inline(always)]
pub(crate) const fn is_left_out(_step: &str) -> bool {
    false
}

#[cfg(loom)]
pub(crate) use models::is_left_out;

/// Which lock, in the order in which they may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// Types of the C interface.
    #[cfg(feature = "capi")]
    Types = 0,
    /// Numbers of all mutators of the process.
    Mutators = 1,
    /// Who is inside a mutation of a heap.
    Gate,
    /// What threads that attach can use.
    SpareLocals,
    /// Which classes a heap has.
    Classes,
    /// The spans of a class.
    Class,
    /// What is known of single objects of a span.
    Records,
    /// Which spans have records.
    SpansWithRecords,
    /// The pages of a heap.
    Pages,
    /// Descriptors of spans that were given up.
    Spares,
    /// Objects whose destructors have to run.
    Doomed,
    /// Finalizers and cleanups that are due.
    Queue,
    /// Who asks the loader of the process.
    #[cfg(feature = "profile")]
    Loader,
    /// What the profile has counted.
    #[cfg(feature = "profile")]
    Profile,
    /// The counters of a heap.
    Totals,
    /// The root slots of a heap.
    Roots,
    /// Where roots were made.
    RootPlaces,
    /// What is done outside of mutations.
    Work,
    /// Which session there is help for.
    #[cfg(feature = "parallel")]
    Helpers,
    /// Who marks, and what is left to mark.
    Marking,
    /// One bucket of the parking lot.
    Parking,
}
