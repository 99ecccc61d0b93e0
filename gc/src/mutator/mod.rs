//! Mutators: the threads that use a heap, and the stop.
//!
//! 1. A thread *attaches* on its first mutation of a heap: it gets a [`Record`], which owns what the thread
//!    needs to allocate without asking anyone. It detaches when it ends.
//! 2. Entering a mutation is passing the heap's [`Gate`], leaving the outermost one is the safepoint.
//! 3. A *stop* closes the gate and waits, for a bounded time, until no thread is inside. Then every pointer to
//!    an object is in the heap or in a root slot, for no `Gc` leaves its mutation: no stack is ever scanned.
//! 4. At a stop mutators' claims of free slots end, on their behalf: what they made is known to the sweep.
//!
//! # What a record's fields are guarded by
//!
//! * `depth`: the thread that the record belongs to.
//! * `local`: that thread while it is inside; whoever stopped the world while the gate is closed.
//! * `inside`: written under the gate's lock.

mod gate;
mod guards;
mod heap_core;
mod local;
mod mutation;
mod record;
mod roots;
mod runs;

pub(crate) use gate::Stopped;
pub(crate) use guards::{HeldLock, forget_lock, held_lock, note_lock};
pub(crate) use heap_core::{Core, Work};
pub use mutation::Mutation;
pub(crate) use record::{
    Adoption, MutatorId, Record, adopt, in_destructor, inside_any_mutation, while_dropping,
};
pub(crate) use roots::{RootSlot, RootTable};
