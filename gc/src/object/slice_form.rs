//! How slices lie in their slots: alone, or in a cell that ends in them.
//!
//! ```text
//! slot   len    the number of elements, at the start; where nobody has to know it there is none
//!        front  what the cell has in front of its contents; in a cell only
//!        items  the elements
//! ```
//!
//! A cell begins [`length_bytes`] behind the start of the slot, and always has a length in front: an array that changes is
//! seldom small, and so there is one form less.

use core::mem::needs_drop;

use super::Mask;
use super::type_info::{Describe, Lookup, TypeInfo, drop_kind_of, length_bytes, slice_header_bytes};
use crate::trace::{Parts, Tally, Trace, Tracer};

/// How slices of one kind lie in their slots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SliceForm {
    pub(crate) info: &'static TypeInfo,
    /// Bytes in front of the elements. If there are any, the number of elements is the first word of them.
    pub(crate) header_bytes: usize,
}

impl SliceForm {
    /// Slices with a length in their slot if the collector has to know it.
    pub(crate) const fn plain<'gc, T: Trace<'gc>>() -> Self {
        Self { info: T::SLICE_INFO, header_bytes: slice_header_bytes::<T>() }
    }

    /// Slices with a length in their slot.
    pub(crate) const fn with_length<'gc, T: Trace<'gc>>() -> Self {
        Self { info: T::SLICE_INFO, header_bytes: length_bytes::<T>() }
    }

    /// Bytes, whatever is written to them: room for values that the collector hears of by other ways.
    pub(crate) const fn bytes() -> Self {
        Self::plain::<u8>()
    }

    /// Slices in a cell.
    pub(crate) const fn in_cell<'gc, C: ?Sized + SliceCell<'gc>>() -> Self {
        Self { info: C::INFO_OF_CELL, header_bytes: length_bytes::<C::Item>() + C::FRONT_BYTES }
    }
}

/// A cell whose contents are a slice.
///
/// # Safety
///
/// 1. The contents begin [`FRONT_BYTES`](Self::FRONT_BYTES) behind the start of the cell, which is aligned to
///    [`length_bytes`] at most.
/// 2. [`whole`](Self::whole) gives the address `at`, with the provenance that it has, and contents of `len` elements.
pub(crate) unsafe trait SliceCell<'gc>: Trace<'gc> {
    /// An element.
    type Item: Trace<'gc>;
    /// Bytes in front of the contents.
    const FRONT_BYTES: usize;

    /// The cell at an address.
    fn whole(at: *mut u8, len: usize) -> *mut Self;

    /// Writes what is in front of the contents, as it is in a cell that nobody uses.
    ///
    /// # Safety
    ///
    /// There is room for it, which nobody else uses.
    unsafe fn write_front(cell: *mut Self);
}

/// The type info of every [`SliceCell`].
trait DescribeCell<'gc>: SliceCell<'gc> {
    /// Of a slot that holds such a cell.
    const INFO_OF_CELL: &'static TypeInfo;
}

impl<'gc, C: ?Sized + SliceCell<'gc>> DescribeCell<'gc> for C {
    const INFO_OF_CELL: &'static TypeInfo = &TypeInfo {
        slot_bytes: 0,
        mask: &[],
        tail: if C::LEAF { None } else { Some(trace_cell::<C>) },
        drop: if needs_drop::<C>() { Some(drop_cell::<C>) } else { None },
        owned: if needs_drop::<C>() { Some(owned_by_cell::<C>) } else { None },
        drop_kind: drop_kind_of::<C>,
        parts: if C::LEAF { None } else { Some(parts_of_cell::<C>) },
        name: core::any::type_name::<C>,
        lookup: Lookup::new(0, &Mask::EMPTY, !C::LEAF, needs_drop::<C>()),
    };
}

/// The cell in the slot at `at`.
///
/// # Safety
///
/// The slot holds a `C` with a length in front, which was written.
unsafe fn cell_in_slot<'gc, C: ?Sized + SliceCell<'gc>>(at: *mut u8) -> *mut C {
    // SAFETY: slots are aligned to words and the length comes first.
    let len = unsafe { at.cast::<usize>().read() };
    // SAFETY: the cell follows in the same slot.
    C::whole(unsafe { at.add(length_bytes::<C::Item>()) }, len)
}

/// # Safety
///
/// As for [`cell_in_slot`].
unsafe fn trace_cell<'gc, C: ?Sized + SliceCell<'gc>>(at: *const u8, tracer: &mut Tracer) {
    // SAFETY: the caller's duty.
    let cell = unsafe { cell_in_slot::<C>(at.cast_mut()) };
    // SAFETY: the cell of an object is initialized and shared.
    unsafe { &*cell }.trace(tracer);
}

/// # Safety
///
/// As for [`cell_in_slot`].
unsafe fn parts_of_cell<'gc, C: ?Sized + SliceCell<'gc>>(at: *const u8, parts: &mut Parts<'_>) {
    // SAFETY: the caller's duty.
    let cell = unsafe { cell_in_slot::<C>(at.cast_mut()) };
    // SAFETY: the cell of an object is initialized and shared.
    unsafe { &*cell }.trace_parts(parts);
}

/// # Safety
///
/// As for [`cell_in_slot`]; the cell is not used afterwards.
unsafe fn drop_cell<'gc, C: ?Sized + SliceCell<'gc>>(at: *mut u8) -> usize {
    // SAFETY: the caller's duty.
    let owned = unsafe { owned_by_cell::<C>(at) };
    // SAFETY: the caller's duty.
    let cell = unsafe { cell_in_slot::<C>(at) };
    // SAFETY: the caller's duty.
    unsafe { cell.drop_in_place() };
    owned
}

/// # Safety
///
/// As for [`cell_in_slot`]; nobody changes the contents meanwhile.
unsafe fn owned_by_cell<'gc, C: ?Sized + SliceCell<'gc>>(at: *const u8) -> usize {
    // SAFETY: the caller's duty.
    let cell = unsafe { cell_in_slot::<C>(at.cast_mut()) };
    // SAFETY: the caller's duty.
    Tally::of(unsafe { &*cell })
}
