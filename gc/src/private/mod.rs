//! What derived code may use. Not part of the public API.
//!
//! [`Derived`] tells the design. By path derived code names, beside the trait that it implements, only the types below
//! that stand in the signatures of the traits, and the supertraits.

mod drop;
mod edges;
mod layout;
mod word;

pub use core::marker::{Copy, Send, Sync};
pub use core::primitive::{bool, u32};
pub use core::ptr::NonNull;

pub use crate::cell::{Content, Packed, Packing, RebrandWord};
pub use crate::heap::assert_unreachable;
pub use crate::object::{DropKind, DropWalk, Mask, Shape};
pub use crate::trace::{Derived, DynObject, Fields, Rebrand, RebrandDst, Tally, Tracer, address_of_object};
pub use drop::{FitToHoldGc, NoOwnDrop, Otherwise, OwnDrop, Probe};
pub use edges::{dangling_gc, edges_of_mask, edges_of_tail, edges_of_trace};
