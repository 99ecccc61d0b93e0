//! The collector: finds what is reachable and frees the rest.
//!
//! One cycle:
//!
//! 1. **Stop.** The gate closes; when no thread is inside a mutation, every edge to an object lies in an
//!    object or in a root slot. Mutators have given back the words that they claimed.
//! 2. **Mark.** From the root slots, an explicit stack visits what can be reached, by mask and tail. If a
//!    `trace` function panics the cycle is given up: marks are cleared, nothing is freed.
//! 3. **Start.** Every span is one to sweep from now on; the gate opens.
//! 4. **Sweep.** Mark bits become alloc bits, span by span: when a mutator needs slots of the class, on the heap's
//!    [service thread](service), or on the thread that called `collect`. Dead objects are freed, those with library
//!    drop glue dropped first; those with destructors of the program are doomed. What is left when the next cycle
//!    starts is swept then.
//! 5. **Destructors** of doomed objects run outside of every lock and mutation: on the service thread, or on the
//!    one that called `collect`. Then their slots are free.
//!
//! A cycle is asked for by `collect`, or starts at a safepoint when enough was allocated since the last
//! ([`pacing`]).

mod close;
mod cycle;
mod destructors;
mod mark;
mod pacing;
mod service;
mod verify;

pub(crate) use close::close;
pub(crate) use cycle::{at_safepoint, collect};
