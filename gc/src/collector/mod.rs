//! The collector: finds what is reachable and frees the rest.
//!
//! One cycle:
//!
//! 1. **Stop.** The gate closes; when no thread is inside a mutation, every edge to an object lies in an
//!    object or in a root slot. Mutators have given back the words that they claimed.
//! 2. **Mark.** From the root slots, an explicit stack visits what can be reached, by mask and tail. If a
//!    `trace` function panics the cycle is given up: marks are cleared, nothing is freed.
//! 3. **Sweep.** Mark bits become alloc bits. Dead objects are freed, those with library drop glue dropped
//!    first; those with destructors of the program are doomed.
//! 4. **Start.** The gate opens.
//! 5. **Destructors** of doomed objects run outside of every lock and mutation: on the thread that called
//!    `collect`, or after an automatic cycle on a service thread of the heap. Then their slots are free.
//!
//! A cycle is asked for by `collect`, or starts at a safepoint when enough was allocated since the last
//! ([`pacing`]).

mod close;
mod cycle;
mod destructors;
mod mark;
mod pacing;
mod verify;

pub(crate) use close::close;
pub(crate) use cycle::{at_safepoint, collect};
