//! What derived code may name. Not part of the public API.

pub use crate::object::{DropKind, DropWalk, Mask};

/// Implemented by the derive for types that can hold a `Gc`; collides with the blanket implementation if
/// the type has a `Drop` of its own.
pub trait TypesHoldingGcMustNotImplDrop {}

#[expect(drop_bounds, reason = "asks just whether the type itself implements Drop, which is the point")]
impl<T: Drop + ?Sized> TypesHoldingGcMustNotImplDrop for T {}
