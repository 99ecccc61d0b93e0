//! A garbage-collected heap.
#![allow(dead_code, reason = "being built")]

mod cell;
mod layout;
mod mutator;
mod object;
mod pointer;
mod trace;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

pub use cell::{GcCell, Packed, RebrandWord, Word};
pub use mutator::Mutation;
pub use object::{DropKind, DropWalk, Mask};
pub use pointer::Gc;
pub use trace::{AtBrand, DynTrace, Rebrand, RebrandDst, Static, Trace, Tracer};

#[cfg(feature = "derive")]
pub use gc_derive::{Trace, Word};
