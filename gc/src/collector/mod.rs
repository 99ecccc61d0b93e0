//! The collector: finds what is reachable and frees the rest.
//!
//! One cycle:
//!
//! 1. **Request.** `collect` asks for one, or a safepoint finds that enough was allocated since the last
//!    (`mutator::pacing`), and mutators are asked to leave. The [coordinator] drives it, or the only
//!    mutator itself ([`request`]).
//! 2. **Stop.** The gate closes; when no thread is inside a mutation, every edge to an object lies in an
//!    object or in a root slot. Mutators have given back the words that they claimed. [Attempts](stop) are bounded:
//!    one that fails is reported, and followed by a [time](back_off) in which everybody may enter.
//! 3. **Mark.** From the root slots what can be reached is visited, by mask and tail; if that is much, other threads
//!    help ([`marking`](crate::marking)). If a `trace` function panics the cycle is given up: marks are cleared,
//!    nothing is freed.
//! 4. **Start.** Every span is one to sweep from now on; the gate opens.
//! 5. **Sweep.** Mark bits become alloc bits, span by span: when a mutator needs slots of the class, on the
//!    coordinator, or on the thread that called `collect`. Dead objects are freed, those with library drop glue
//!    dropped first; those with destructors of the program are doomed. What is left when the next cycle starts is
//!    swept then.
//! 6. **Destructors** of doomed objects run outside of every lock and mutation: on a [thread](service) of their own,
//!    or on the one that called `collect`. Then their slots are free. Finalizers and [cleanups](callbacks) run on
//!    another one.
//!
//! A heap that nobody enters for a while runs a last cycle and gives memory back ([idle]).

mod back_off;
mod callbacks;
mod census;
mod close;
mod coordinator;
mod cycle;
mod destructors;
mod edges;
mod finalizer_cycles;
mod graph;
mod idle;
mod pins;
mod request;
mod retaining;
mod service;
mod snapshot;
mod stop;
mod tell;
mod trim;
mod verify;

pub(crate) use callbacks::{run_pending, take_cleanup, wait_for_pending};
pub(crate) use census::{census, may_inspect};
pub(crate) use close::close;
pub(crate) use finalizer_cycles::finalizer_cycles;
pub(crate) use pins::{pins, report_pins_left};
pub(crate) use request::{at_safepoint, before_entry, collect};
pub(crate) use retaining::{retaining_paths, roots};
pub(crate) use snapshot::write_snapshot;
pub(crate) use trim::trim_all;
pub(crate) use verify::verify;
