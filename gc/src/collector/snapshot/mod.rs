//! A snapshot of the heap in the format of V8, which Chrome's DevTools and memlab read.
//!
//! 1. The world is stopped, and all spans are swept. Objects are [numbered](crate::memory::Numbering).
//! 2. One [walk] over all that keeps objects and over all objects writes, for each, its edges and then its row. The format wants
//!    all rows before all edges, and each row to say how many edges it has; so the two go to a [spool] each, and that edges are
//!    in the order of their nodes is so by construction.
//! 3. The world goes on.
//! 4. The [file] is put together: a head with the counts, which are known now, the rows, the edges, the strings. Only here the
//!    program's writer is called.
//!
//! # Why a spool
//!
//! What is written must be one moment of the heap, and it may be larger than memory. So it either goes to the program's
//! writer while the world is stopped, or somewhere else first. A writer is code of the program: it may be a socket to
//! somebody who reads slowly, it may wait for a lock that a thread has which waits to enter the heap, or enter the heap itself.
//! Nothing of that can be allowed in a stop, and none of it can be forbidden by a type. So the snapshot goes to temporary
//! files, unless it is small, and the writer may do what it likes: other threads go on, and it may use the heap. If it fails or
//! panics the snapshot is lost and the heap does not know. The price is room for temporary files, and that everything is
//! written twice, the first time at the speed of the system's cache.
//!
//! # Memory
//!
//! While the snapshot is taken: 4 bytes for each page of an arena (a thousandth) and 16 for each span; about 100 for each root
//! slot, pin and finalizer; each name of a type, field, place or way within an object once, and of the ways no more than
//! some megabytes ([`strings`]); two buffers of one. Nothing for an object, and nothing for an edge, but the files.
//!
//! # What is in it
//!
//! ```text
//! heap 1                        all of these but objects are synthetic
//! ├ (roots)                     a node for each place where roots were made, which leads to their targets
//! ├ (pins)                      the same of pins
//! ├ (finalizers)                a node for each type, which leads to what objects with finalizers refer to, not to these
//! ├ (finalizers that are due)   the objects that they were set on
//! ├ (weak pointers)             what weak pointers point to: a small object, with a weak edge to the target
//! └ (doomed)                    a node for each type: dead objects whose destructors have not run
//!   objects                     those of which nobody has found out that they are dead
//! ```
//!
//! Of doomed objects nothing can be said but how many there are of a type: their destructors go on while the world is
//! stopped. Garbage since the last cycle is among the objects, and hangs on nothing. The value of an ephemeron hangs on that,
//! not on the key: without the ephemeron it is garbage, without the key it will be.
//!
//! The size of a node is that of the slot and what the object owns elsewhere, at most 2^32 - 1; then the name says more. Edges
//! have the names of the fields in which they lie ([`Parts`](crate::trace::Parts)). Those in a slice that is an object itself
//! have numbers and are elements; any other is a property, `friends[3]` for the fourth of a vector in an object, since an element has no name
//! and nobody could tell of which of two vectors it is. Ids are odd, and follow from the addresses of objects; those of other
//! nodes are even, but that of the root, which is 1, where memlab begins its ways.

mod file;
mod spool;
mod strings;
mod walk;

use core::panic::AssertUnwindSafe;
use std::io::Write;
use std::panic::catch_unwind;

use super::census::may_inspect;
use super::stop::stop;
use crate::callback::discard_payload;
use crate::error::{InspectError, SnapshotError};
use crate::mutator::Core;
use file::SnapshotFile;

/// Writes all that there is.
pub(crate) fn write_snapshot(core: &Core, writer: &mut dyn Write) -> Result<(), SnapshotError> {
    may_inspect()?;
    let file = take(core)?;
    file.check();
    // The writer is the program's: it is called while nothing is locked or stopped.
    catch_unwind(AssertUnwindSafe(|| file.copy_to(writer))).unwrap_or_else(|payload| {
        discard_payload(payload);
        Err(SnapshotError::WriterPanicked)
    })
}

/// Writes all that there is to temporary files.
fn take(core: &Core) -> Result<SnapshotFile, SnapshotError> {
    // Not while the world waits.
    core.memory.sweep_all();
    let stopped = stop(core);
    core.memory.sweep_all();
    let taken = catch_unwind(AssertUnwindSafe(|| walk::walk(core)));
    drop(stopped);
    taken.unwrap_or_else(|payload| {
        discard_payload(payload);
        Err(InspectError::TracePanicked.into())
    })
}
