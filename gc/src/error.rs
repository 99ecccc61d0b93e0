//! What can go wrong for a program, and what it can do then.

use core::fmt;
use core::panic::Location;
use std::io;
use std::time::Duration;

use crate::stall::{self, ThreadInside};

/// Prints errors by `Debug` as by `Display`: `unwrap` prints them so, to a person who wants to know what to do.
macro_rules! debug_as_text {
    ($($Error:ident),+) => {$(
        impl ::core::fmt::Debug for $Error {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self, f)
            }
        }
    )+};
}
pub(crate) use debug_as_text;

debug_as_text!(AllocError, PendingError, CollectError, InspectError, SnapshotError);

/// An object could not be allocated.
///
/// Allocation never collects: inside a mutation every pointer on the stack is alive. So the answer is to
/// leave the mutation, to drop roots, or to raise [`HeapBuilder::limit_bytes`](crate::HeapBuilder::limit_bytes).
///
/// # Examples
///
/// ```
/// use gc::{AllocError, Gc, Heap};
///
/// let heap = Heap::builder().limit_bytes(1 << 20).build();
/// let error: AllocError = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
/// println!("{error}"); // no room for an object of 2097152 bytes: ...
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct AllocError {
    pub(crate) kind: AllocErrorKind,
    /// Bytes of the slot that was asked for, and what the object would have owned.
    pub(crate) requested: usize,
    /// The heap's limit.
    pub(crate) limit: usize,
    /// Bytes of pages in use.
    pub(crate) in_use: usize,
    /// Bytes that objects own elsewhere, the dead among them included.
    pub(crate) owned: u64,
    /// Bytes of dead objects that wait for their destructors, with what these own.
    pub(crate) doomed: u64,
}

/// Why there is no room: all that the layers below allocation return, as a byte comes back in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllocErrorKind {
    /// The heap's own limit.
    Limit,
    /// The system gave no memory.
    System,
    /// More bytes than an address space has.
    Overflow,
}

/// Why there is no room, and for how many bytes. What else is to be said is looked up when the program is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused {
    pub(crate) kind: AllocErrorKind,
    pub(crate) requested: usize,
}

impl AllocErrorKind {
    pub(crate) const fn of(self, requested: usize) -> Refused {
        Refused { kind: self, requested }
    }
}

impl AllocError {
    /// Bytes that were asked for, rounded up to a slot, with what the object would have owned elsewhere; for an iterator,
    /// those of the items up to the first that did not fit.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// let error = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
    /// assert!(error.requested_bytes() >= 2 << 20);
    /// ```
    pub fn requested_bytes(&self) -> usize {
        self.requested
    }

    /// Bytes of pages that the heap had in use.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// let error = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
    /// assert!(error.in_use_bytes() < 1 << 20);
    /// ```
    pub fn in_use_bytes(&self) -> usize {
        self.in_use
    }

    /// Bytes that objects owned elsewhere, the dead included that wait for their destructors.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// let error = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
    /// assert_eq!(error.owned_bytes(), 0);
    /// ```
    pub fn owned_bytes(&self) -> u64 {
        self.owned
    }

    /// Bytes of dead objects that wait for their destructors, with what these own: it will be free when the destructors have
    /// run.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// let error = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
    /// assert_eq!(error.doomed_bytes(), 0);
    /// ```
    pub fn doomed_bytes(&self) -> u64 {
        self.doomed
    }

    /// Whether the heap's own limit was the reason, and not the system.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// let error = heap.mutate(|mc| Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err());
    /// assert!(error.is_limit());
    /// ```
    pub fn is_limit(&self) -> bool {
        self.kind == AllocErrorKind::Limit
    }
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, requested, limit, in_use, owned, doomed } = self;
        match kind {
            AllocErrorKind::Limit => write!(
                f,
                "no room for an object of {requested} bytes: {in_use} bytes are in use, objects own {owned} elsewhere \
                 ({doomed} of both are of dead ones that wait for their destructors), and the heap's limit is \
                 {limit}; garbage is collected only between mutations, so leave the mutation and try again, \
                 drop roots, or raise the limit"
            ),
            AllocErrorKind::System => write!(
                f,
                "no room for an object of {requested} bytes: the system gave no memory ({in_use} bytes are in use)"
            ),
            AllocErrorKind::Overflow => {
                f.write_str("no room for a slice of so many elements: its size overflows an address")
            }
        }
    }
}

impl core::error::Error for AllocError {}

/// What is due could not be run, or waited for.
///
/// # Examples
///
/// ```
/// use gc::{Heap, PendingError};
///
/// let heap = Heap::new();
/// let error = heap.mutate(|_| heap.run_pending().unwrap_err());
/// assert!(matches!(error, PendingError::InsideMutation { .. }));
/// println!("{error}"); // what is due cannot be run or waited for inside the mutation entered at ...
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PendingError {
    /// The calling thread is inside a mutation, of this heap or another.
    InsideMutation {
        /// Where the thread entered its outermost mutation.
        entered: &'static Location<'static>,
    },
    /// The calling thread runs a destructor, finalizer or cleanup of an object, or a hook of a heap.
    InsideCallback,
    /// The time given to `wait_for_pending_timeout` has passed.
    TimedOut {
        /// How long the call waited.
        waited: Duration,
    },
}

impl fmt::Display for PendingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsideMutation { entered } => write!(
                f,
                "what is due cannot be run or waited for inside the mutation entered at {entered}: finalizers enter \
                 mutations of their own, and may collect; call it after `mutate` has returned"
            ),
            Self::InsideCallback => f.write_str(
                "a destructor, finalizer, cleanup or hook would wait for itself: they run one at a time",
            ),
            Self::TimedOut { waited } => write!(
                f,
                "wait_for_pending_timeout() has waited for {waited:.1?}: a destructor, finalizer or cleanup is still \
                 due or running"
            ),
        }
    }
}

impl core::error::Error for PendingError {}

/// A heap could not be looked into: it is as it was.
///
/// # Examples
///
/// ```
/// use gc::{Heap, InspectError};
///
/// let heap = Heap::new();
/// let error = heap.mutate(|_| heap.census().unwrap_err());
/// assert!(matches!(error, InspectError::InsideMutation { .. }));
/// println!("{error}"); // a heap cannot be looked into inside the mutation entered at ...
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InspectError {
    /// The calling thread is inside a mutation, of this heap or another, and would wait for itself.
    InsideMutation {
        /// Where the thread entered its outermost mutation.
        entered: &'static Location<'static>,
    },
    /// The calling thread runs a destructor of an object, or a hook of a heap.
    InsideCallback,
    /// What was asked about belongs to another heap.
    OtherHeap,
    /// A `Trace` implementation panicked.
    TracePanicked,
}

impl fmt::Display for InspectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsideMutation { entered } => write!(
                f,
                "a heap cannot be looked into inside the mutation entered at {entered}: that waits until no thread is \
                 inside one; look after `mutate` has returned"
            ),
            Self::InsideCallback => f.write_str(
                "a heap cannot be looked into by the destructor of an object or a hook, which others wait for; look later, \
                 or on another thread",
            ),
            Self::OtherHeap => f.write_str("the object that was asked about is of another heap"),
            Self::TracePanicked => {
                f.write_str("a `Trace` implementation panicked while the heap was looked into; it must not panic")
            }
        }
    }
}

impl core::error::Error for InspectError {}

/// A snapshot of a heap could not be written: the heap is as it was.
///
/// # Examples
///
/// ```
/// use gc::{Heap, SnapshotError};
///
/// // A disk without room.
/// let mut full: &mut [u8] = &mut [0; 100];
/// let error: SnapshotError = Heap::new().write_snapshot(&mut full).unwrap_err();
/// assert!(matches!(error, SnapshotError::Writer(_)));
/// println!("{error}"); // the writer of a snapshot has failed: failed to write whole buffer
/// ```
#[non_exhaustive]
pub enum SnapshotError {
    /// The heap could not be looked into.
    Inspect(InspectError),
    /// What is written while the world is stopped goes to files that are temporary, and one of these failed.
    Temporary(io::Error),
    /// The writer that was given failed. What it has got is not a whole snapshot.
    Writer(io::Error),
    /// The writer that was given panicked.
    WriterPanicked,
    /// There are more objects and edges than the format can number: 800 million of the first, 1400 million of the others.
    TooLarge,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inspect(error) => error.fmt(f),
            Self::Temporary(error) => write!(
                f,
                "a temporary file of a snapshot has failed: {error}; the directory for temporary files (`TMPDIR`) needs \
                 room for the snapshot"
            ),
            Self::Writer(error) => write!(f, "the writer of a snapshot has failed: {error}"),
            Self::WriterPanicked => f.write_str("the writer of a snapshot has panicked"),
            Self::TooLarge => f.write_str("the heap has more objects or edges than a snapshot can number"),
        }
    }
}

impl core::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Inspect(error) => Some(error),
            Self::Temporary(error) | Self::Writer(error) => Some(error),
            Self::WriterPanicked | Self::TooLarge => None,
        }
    }
}

impl From<InspectError> for SnapshotError {
    fn from(error: InspectError) -> Self {
        Self::Inspect(error)
    }
}

/// A collection could not be done.
///
/// # Examples
///
/// ```
/// use gc::{CollectError, Heap};
///
/// let heap = Heap::new();
/// let error = heap.mutate(|_| heap.collect().unwrap_err());
/// assert!(matches!(error, CollectError::InsideMutation { .. }));
/// println!("{error}"); // collect() was called inside the mutation entered at ...
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CollectError {
    /// The calling thread is inside a mutation, of this heap or another, and would wait for itself.
    InsideMutation {
        /// Where the thread entered its outermost mutation.
        entered: &'static Location<'static>,
    },
    /// The calling thread runs a destructor of an object.
    InsideDestructor,
    /// The calling thread runs a hook for stalls or cycles.
    InsideHook,
    /// A `trace` function panicked. Nothing was freed.
    TracePanicked,
    /// The time given to `collect_timeout` has passed. The collection is still asked for.
    TimedOut {
        /// How long the call waited.
        waited: Duration,
        /// Threads that are inside a mutation of the heap now.
        inside: Vec<ThreadInside>,
    },
}

impl fmt::Display for CollectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsideMutation { entered } => write!(
                f,
                "collect() was called inside the mutation entered at {entered}: no collection can take effect \
                 while a thread is inside a mutation; call collect() after `mutate` has returned"
            ),
            Self::InsideDestructor => f.write_str(
                "collect() was called by the destructor of an object: it would wait for itself; call it later",
            ),
            Self::InsideHook => f.write_str(
                "collect() was called by a hook for stalls or cycles, on the thread that drives the collection: it would \
                 wait for itself; call it later, or on another thread",
            ),
            Self::TracePanicked => f.write_str(
                "a `Trace` implementation panicked while the heap was marked: nothing was freed; \
                 `trace` must not panic",
            ),
            Self::TimedOut { waited, inside } => {
                write!(f, "collect_timeout() has waited for {waited:.1?}: ")?;
                stall::list(f, inside)?;
                f.write_str("; no collection can take effect before they leave")
            }
        }
    }
}

impl core::error::Error for CollectError {}
