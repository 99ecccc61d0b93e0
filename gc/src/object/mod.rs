//! What an object is: the contents of one slot, described by a [`TypeInfo`].
//!
//! Objects carry no header. Everything the collector knows about the contents of a slot it knows
//! from the span that the slot lies in: which words are edges ([`Mask`]), what a mask cannot say
//! (the tail function), and how the contents are dropped.

#[cfg(feature = "capi")]
mod at_run_time;
mod drop_kind;
mod mask;
mod shape;
mod slice_form;
mod type_info;

pub use drop_kind::{DropKind, DropWalk};
pub use mask::Mask;
pub use shape::Shape;
pub(crate) use slice_form::{SliceCell, SliceForm};
pub(crate) use type_info::{
    Describe, DropFn, LARGEST_LEAF_BYTES, Lookup, OwnedFn, TABLE_PLACES, TypeInfo, length_bytes,
};
