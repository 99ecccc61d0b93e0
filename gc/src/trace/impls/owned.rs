//! `Box` and the containers that own a sequence.

use core::mem::needs_drop;
use core::pin::Pin;
use std::collections::{BinaryHeap, LinkedList, VecDeque};

use super::macros::container;
use super::room::bytes_of;
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Parts, Rebrand, RebrandDst, Tally, Trace, Tracer};

container! {
    Vec<T> {
        trace: |vec, tracer| tracer.slice(vec),
        room: |vec| bytes_of::<T>(vec.capacity()),
        each: |vec, tally| tally.each(vec),
        parts: |vec, parts| parts.slice(vec),
    }
    BinaryHeap<T> {
        trace: |heap, tracer| tracer.slice(heap.as_slice()),
        room: |heap| bytes_of::<T>(heap.capacity()),
        each: |heap, tally| tally.each(heap),
        parts: |heap, parts| parts.slice(heap.as_slice()),
    }
    VecDeque<T> {
        // A ring buffer: its elements lie in up to two pieces.
        trace: |deque, tracer| {
            let (front, back) = deque.as_slices();
            tracer.slice(front);
            tracer.slice(back);
        },
        room: |deque| bytes_of::<T>(deque.capacity()),
        each: |deque, tally| tally.each(deque),
        parts: |values, parts| parts.elements(values),
    }
    LinkedList<T> {
        trace: |list, tracer| tracer.owned(list, |list, tracer| {
            for value in list {
                value.trace(tracer);
            }
        }),
        room: |list| bytes_of::<(usize, usize, T)>(list.len()),
        each: |list, tally| tally.each(list),
        parts: |values, parts| parts.elements(values),
    }
}

// SAFETY: duty 1: the value reports its edges, all of them in the tail. Duty 2: the mask is empty. Duty 3: a
// box is without edges, and `'static`, if its value is. Duty 5: the box's drop frees memory and drops the
// value, which is `Trace`; whether that runs code of the program is asked of the value (of a trait object:
// yes, as nothing is known of it).
#[doc(hidden)]
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for Box<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    #[inline]
    fn trace(&self, tracer: &mut Tracer) {
        if !T::LEAF {
            tracer.owned(self, |value, tracer| T::trace(value, tracer));
        }
    }

    #[inline]
    fn owned(&self, tally: &mut Tally) {
        tally.add(size_of_val::<T>(self));
        if needs_drop::<T>() {
            tally.inside(self, |value, tally| T::owned(value, tally));
        }
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        T::trace_parts(self, parts);
    }
}

// SAFETY: only the brand of the value changes; pointers to it agree, metadata included (`RebrandDst`).
#[doc(hidden)]
unsafe impl<T: ?Sized + RebrandDst> Rebrand for Box<T> {
    type Static = Box<T::Static>;
    type At<'a> = Box<T::At<'a>>;
}

// SAFETY: as for `Box`. Tracing takes shared references only and so moves nothing out of the pin; the box
// stays where it is until its object is dropped, and drops its value before it frees the memory.
#[doc(hidden)]
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for Pin<Box<T>> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    #[inline]
    fn trace(&self, tracer: &mut Tracer) {
        if !T::LEAF {
            tracer.owned(self, |value, tracer| T::trace(value, tracer));
        }
    }

    #[inline]
    fn owned(&self, tally: &mut Tally) {
        tally.add(size_of_val::<T>(self));
        if needs_drop::<T>() {
            tally.inside(self, |value, tally| T::owned(value, tally));
        }
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        T::trace_parts(self, parts);
    }
}

// SAFETY: as for `Box`.
#[doc(hidden)]
unsafe impl<T: ?Sized + RebrandDst> Rebrand for Pin<Box<T>> {
    type Static = Pin<Box<T::Static>>;
    type At<'a> = Pin<Box<T::At<'a>>>;
}
