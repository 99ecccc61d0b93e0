//! What derived code may name. Not part of the public API.

mod edges;
mod layout;
mod word;

pub use core::marker::{Copy, PhantomData, Send, Sync};
pub use core::mem::offset_of;
pub use core::primitive::bool;

pub use crate::object::{DropKind, DropWalk, Mask};
pub use crate::trace::Tracer;
pub use edges::{dangling_gc, edges_of_mask, edges_of_tail, edges_of_trace};
pub use layout::{common_mask, exceed, excess, is_absent, layout_is_not_as_documented, offset_in, tagged};
pub use word::{immediate_word, no_such_variant, packed_word, payload_of, variant_of};

use crate::layout::WORD_BYTES;
use crate::trace::Trace;

/// Implemented by the derive for types that can hold a `Gc`; collides with the blanket implementation if
/// the type has a `Drop` of its own.
pub trait TypesHoldingGcMustNotImplDrop {}

#[expect(drop_bounds, reason = "asks just whether the type itself implements Drop, which is the point")]
impl<T: Drop + ?Sized> TypesHoldingGcMustNotImplDrop for T {}

/// The exact type of what a reference points to.
pub const fn phantom_of<T: ?Sized>(_: &T) -> PhantomData<T> {
    PhantomData
}

/// Compiles for types without borrowed data only.
pub const fn assert_static<T: ?Sized + 'static>() {}

/// Whether a struct with a [`POINTER`](Trace::POINTER) field is one itself: it has room for nothing else, and
/// `Option` finds its `None` in it, for which there is only the null.
pub const fn is_one_pointer<T>() -> bool {
    size_of::<T>() == WORD_BYTES && size_of::<Option<T>>() == WORD_BYTES
}

/// Asks whether a concrete type implements a trait: where the bound of the inherent item holds it is taken,
/// else that of [`ProbeOtherwise`]. In generic code the answer is always the latter.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

#[expect(drop_bounds, reason = "asks just whether the type itself implements Drop, which is the point")]
impl<T: Drop> Probe<T> {
    /// Whether the type itself implements `Drop`.
    pub const HAS_DROP: bool = true;
}

impl<T: Trace<'static>> Probe<T> {
    /// What runs when the type is dropped.
    pub fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<T>(T::drop_kind)
    }
}

/// The answers of [`Probe`] if the type does not implement the trait.
pub trait ProbeOtherwise {
    /// Whether the type itself implements `Drop`.
    const HAS_DROP: bool = false;
    /// What runs when the type is dropped.
    fn drop_kind(walk: &mut DropWalk) -> DropKind;
}

impl<T> ProbeOtherwise for Probe<T> {
    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::unknown::<T>()
    }
}
