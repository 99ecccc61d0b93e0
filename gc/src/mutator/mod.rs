//! Mutators: the threads that use a heap, and the stop.
//!
//! 1. A thread *attaches* on its first mutation of a heap: it gets a [`Record`], which owns what the thread
//!    needs to allocate without asking anyone. It detaches when it ends.
//! 2. Entering a mutation is passing the heap's [`Gate`](gate), leaving the outermost one is the safepoint. Both
//!    are a few plain instructions: the thread says where it is in its [station], and looks whether something is
//!    asked of it.
//! 3. A *stop* closes the gate and waits, for a bounded time, until no thread is inside. Then every pointer to
//!    an object is in the heap or in a root slot, for no `Gc` leaves its mutation: no stack is ever scanned.
//! 4. At a stop mutators' claims of free slots end, on their behalf: what they made is known to the sweep.
//!
//! # What a record's fields are guarded by
//!
//! * `depth`, `dues`, `locks`, `next`: the thread that the record belongs to.
//! * `local`: that thread while it is inside, or outside and under the gate's lock; while it is outside, whoever
//!   holds the gate's lock and has asked it for something.
//! * `station`: see there.

mod balance;
mod barrier;
pub(crate) mod bias;
mod calling;
mod dropping;
mod gate;
mod guards;
mod heap_core;
mod local;
mod mutation;
mod pacing;
mod plan;
mod record;
mod roots;
mod runs;
mod spares;
mod station;
#[cfg(all(test, loom))]
pub(crate) mod tests_loom;
mod thread;
mod thread_bound;

pub(crate) use bias::Bias;
pub(crate) use calling::Ready;
pub(crate) use gate::{Entry, Straggler};
pub(crate) use guards::{HeldLock, forget_lock, held_lock, note_lock};
pub(crate) use heap_core::{Begun, Core, Outcome, Serving, Work};
pub use mutation::Mutation;
pub(crate) use mutation::OfThisThread;
pub(crate) use pacing::Took;
pub(crate) use record::Inside;
pub(crate) use record::{Dues, Record};
pub(crate) use roots::{RootSlot, UsedSlot};
pub(crate) use thread::{
    Callback, current_callback, inside_any_mutation, last_record, may_collect, record_of_this_thread,
    while_calling,
};
pub(crate) use thread_bound::{MutatorOfAnyThread, OtherThread};

/// Proof that the world of a heap is stopped.
pub(crate) type Stopped<'g> = gate::Stopped<'g, Record>;
