//! Type info: what the collector knows about the contents of a slot.
//!
//! One constant per type, built from [`Trace`] by const evaluation. Its address is no identity, as each
//! codegen unit may have its own copy; identity is the content (see `memory::class`).
//!
//! Slices live in slots of size classes. Where the collector must know how many elements there are (to
//! trace or to drop them), the slot starts with their number; slices of leaf types without drop glue need
//! none, since a `Gc<[T]>` carries its length. They may have one, of which the collector knows nothing: a leaf is
//! bytes. So a `GcSlice<T>`, which finds its length there, is of the same type info.

use core::mem::needs_drop;

use super::{DropKind, DropWalk, Mask};
use crate::layout::{WORD_BYTES, slot_bytes};
use crate::trace::{
    Parts, PartsFn, Tally, Trace, TraceFn, Tracer, parts_of_value, trace_tail_value, trace_value,
};

/// Drops the value at the address; returns how many bytes it owned elsewhere.
pub(crate) type DropFn = unsafe fn(*mut u8) -> usize;

/// How many bytes the value at the address owns elsewhere.
pub(crate) type OwnedFn = unsafe fn(*const u8) -> usize;

/// What the collector knows about the contents of a slot.
#[derive(Debug)]
pub(crate) struct TypeInfo {
    /// Size of a slot. Zero for slices, whose slots come in many sizes.
    pub(crate) slot_bytes: usize,
    /// Which words are edges: bit `i % 64` of element `i / 64`.
    pub(crate) mask: &'static [u64],
    /// Reports the edges that are not in `mask`.
    pub(crate) tail: Option<TraceFn>,
    /// Drops the contents.
    pub(crate) drop: Option<DropFn>,
    /// What the contents own elsewhere. None where there is nothing to drop.
    pub(crate) owned: Option<OwnedFn>,
    /// Computes what runs in `drop`.
    pub(crate) drop_kind: fn(&mut DropWalk) -> DropKind,
    /// Says where in the contents edges lie, for reports. None where there are none.
    pub(crate) parts: Option<PartsFn>,
    /// The name of the type, for reports.
    pub(crate) name: fn() -> &'static str,
    /// How a mutator finds its free slots for this content.
    pub(crate) lookup: Lookup,
}

#[cfg(test)]
impl TypeInfo {
    /// A leaf without drop glue, for tests that make objects by hand.
    pub(crate) const fn by_hand(slot_bytes: usize) -> Self {
        Self {
            slot_bytes,
            mask: &[],
            tail: None,
            drop: None,
            owned: None,
            drop_kind: |_| DropKind::None,
            parts: None,
            name: || "by hand",
            lookup: Lookup::Address { index: 0 },
        }
    }
}

/// How a mutator finds its free slots: see `mutator::local`.
#[derive(Debug)]
pub(crate) enum Lookup {
    /// A leaf without drop glue and of few bytes: by slot size.
    Leaf,
    /// Described by slot size and one word of mask, without drop glue: by these.
    Mask {
        /// The place in the table: a hash that does not depend on addresses.
        index: usize,
        mask: u64,
    },
    /// Any other: by the address of the type info.
    Address {
        /// The place in the table: a hash that does not depend on addresses.
        index: usize,
    },
}

impl Lookup {
    pub(super) const fn new(slot_bytes: usize, mask: &Mask, tail: bool, drop: bool) -> Self {
        let index = table_index(slot_bytes, mask.words(), (tail, drop));
        if tail || drop || mask.n_words() > 1 {
            Self::Address { index }
        } else if mask.is_empty() && slot_bytes <= LARGEST_LEAF_BYTES {
            Self::Leaf
        } else {
            Self::Mask { index, mask: mask.words()[0] }
        }
    }
}

/// The type info of every type that is [`Trace`].
pub(crate) trait Describe<'gc>: Trace<'gc> + Sized {
    /// Of a slot that holds one value.
    const INFO: &'static TypeInfo;
    /// Of a slot that holds a slice of values.
    const SLICE_INFO: &'static TypeInfo;
}

impl<'gc, T: Trace<'gc>> Describe<'gc> for T {
    const INFO: &'static TypeInfo = &TypeInfo {
        slot_bytes: slot_bytes(size_of::<T>(), align_of::<T>()),
        mask: exact_words::<T>(),
        tail: if T::LEAF {
            None
        } else if !T::MASK.fits() {
            Some(trace_value::<T>)
        } else if T::TAIL {
            Some(trace_tail_value::<T>)
        } else {
            None
        },
        drop: if needs_drop::<T>() { Some(drop_value::<T>) } else { None },
        owned: if needs_drop::<T>() { Some(owned_by_value::<T>) } else { None },
        drop_kind: drop_kind_of::<T>,
        parts: if T::LEAF { None } else { Some(parts_of_value::<T>) },
        name: core::any::type_name::<T>,
        lookup: {
            let tail = !T::LEAF && (T::TAIL || !T::MASK.fits());
            Lookup::new(slot_bytes(size_of::<T>(), align_of::<T>()), &T::MASK, tail, needs_drop::<T>())
        },
    };

    const SLICE_INFO: &'static TypeInfo = &TypeInfo {
        slot_bytes: 0,
        mask: &[],
        tail: if T::LEAF { None } else { Some(trace_slice::<T>) },
        drop: if needs_drop::<T>() { Some(drop_slice::<T>) } else { None },
        owned: if needs_drop::<T>() { Some(owned_by_slice::<T>) } else { None },
        drop_kind: drop_kind_of::<T>,
        parts: if T::LEAF { None } else { Some(parts_of_slice::<T>) },
        name: core::any::type_name::<[T]>,
        // A slice's slot size is not known here, but whether it is a leaf.
        lookup: Lookup::new(0, &Mask::EMPTY, !T::LEAF, needs_drop::<T>()),
    };
}

/// Places of a mutator's table.
pub(crate) const TABLE_PLACES: usize = 256;

/// Leaves of up to this many bytes have a place by size.
pub(crate) const LARGEST_LEAF_BYTES: usize = 512;

/// A hash of the content that does not depend on addresses, so that it is the same in every run.
pub(super) const fn table_index(slot_bytes: usize, mask: [u64; 4], (tail, drop): (bool, bool)) -> usize {
    let mut hash = slot_bytes as u64 ^ ((tail as u64) << 62) ^ ((drop as u64) << 61);
    let mut i = 0;
    while i < mask.len() {
        hash = (hash ^ mask[i]).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^= hash >> 32;
        i += 1;
    }
    (hash >> 13) as usize % TABLE_PLACES
}

/// A prefix of a type's mask, as an array of its own: only the one that is used reaches the binary.
struct Words<T, const N: usize>(core::marker::PhantomData<T>);

impl<'gc, T: Trace<'gc>, const N: usize> Words<T, N> {
    const PREFIX: [u64; N] = {
        let (all, mut prefix, mut i) = (T::MASK.words(), [0; N], 0);
        while i < N {
            prefix[i] = all[i];
            i += 1;
        }
        prefix
    };
}

const fn exact_words<'gc, T: Trace<'gc>>() -> &'static [u64] {
    match Mask::n_words(&T::MASK) {
        0 => &[],
        1 => const { &Words::<T, 1>::PREFIX },
        2 => const { &Words::<T, 2>::PREFIX },
        _ => const { &Words::<T, 4>::PREFIX },
    }
}

pub(super) fn drop_kind_of<'gc, T: ?Sized + Trace<'gc>>(walk: &mut DropWalk) -> DropKind {
    walk.visit::<T>(T::drop_kind)
}

/// # Safety
///
/// `at` is a valid `T`, which is not used afterwards.
unsafe fn drop_value<'gc, T: Trace<'gc>>(at: *mut u8) -> usize {
    // SAFETY: the caller's duty.
    let owned = unsafe { owned_by_value::<T>(at) };
    // SAFETY: the caller's duty.
    unsafe { at.cast::<T>().drop_in_place() };
    owned
}

/// # Safety
///
/// `at` is a valid `T`, which nobody changes meanwhile.
unsafe fn owned_by_value<'gc, T: Trace<'gc>>(at: *const u8) -> usize {
    // SAFETY: the caller's duty.
    Tally::of(unsafe { &*at.cast::<T>() })
}

/// Bytes in front of the elements of a slice in its slot.
pub(crate) const fn slice_header_bytes<'gc, T: Trace<'gc>>() -> usize {
    if T::LEAF && !needs_drop::<T>() { 0 } else { length_bytes::<T>() }
}

/// Bytes in front of the elements of a slice whose number is in its slot.
pub(crate) const fn length_bytes<T>() -> usize {
    if align_of::<T>() > WORD_BYTES { align_of::<T>() } else { WORD_BYTES }
}

/// The elements of the slice in the slot at `at`.
///
/// # Safety
///
/// The slot holds a slice of `T` with a header, whose number of elements was written.
unsafe fn slice_elements<'gc, T: Trace<'gc>>(at: *mut u8) -> *mut [T] {
    // SAFETY: slots are aligned to words and the header comes first.
    let len = unsafe { at.cast::<usize>().read() };
    // SAFETY: the elements follow the header in the same slot.
    let first = unsafe { at.add(slice_header_bytes::<T>()) };
    core::ptr::slice_from_raw_parts_mut(first.cast(), len)
}

/// # Safety
///
/// As for [`slice_elements`].
unsafe fn trace_slice<'gc, T: Trace<'gc>>(at: *const u8, tracer: &mut Tracer) {
    // SAFETY: the caller's duty.
    let elements = unsafe { slice_elements::<T>(at.cast_mut()) };
    // SAFETY: the elements of a slice object are initialized and shared.
    tracer.slice(unsafe { &*elements });
}

/// # Safety
///
/// As for [`slice_elements`].
unsafe fn parts_of_slice<'gc, T: Trace<'gc>>(at: *const u8, parts: &mut Parts<'_>) {
    // SAFETY: the caller's duty.
    let elements = unsafe { slice_elements::<T>(at.cast_mut()) };
    // SAFETY: the elements of a slice object are initialized and shared.
    parts.slice(unsafe { &*elements });
}

/// # Safety
///
/// As for [`slice_elements`]; the elements are not used afterwards.
unsafe fn drop_slice<'gc, T: Trace<'gc>>(at: *mut u8) -> usize {
    // SAFETY: the caller's duty.
    let owned = unsafe { owned_by_slice::<T>(at) };
    // SAFETY: the caller's duty.
    let elements = unsafe { slice_elements::<T>(at) };
    // SAFETY: the caller's duty.
    unsafe { elements.drop_in_place() };
    owned
}

/// # Safety
///
/// As for [`slice_elements`]; nobody changes the elements meanwhile.
unsafe fn owned_by_slice<'gc, T: Trace<'gc>>(at: *const u8) -> usize {
    // SAFETY: the caller's duty.
    let elements = unsafe { slice_elements::<T>(at.cast_mut()) };
    // SAFETY: the caller's duty.
    Tally::of(unsafe { &*elements })
}
