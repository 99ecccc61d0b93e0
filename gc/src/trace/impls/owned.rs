//! `Box` and the containers that own a sequence.

use core::pin::Pin;
use std::collections::{BinaryHeap, LinkedList, VecDeque};

use super::macros::container;
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, RebrandDst, Trace, Tracer};

container! {
    Vec<T>: |vec, tracer| tracer.slice(vec);
    BinaryHeap<T>: |heap, tracer| tracer.slice(heap.as_slice());
    // A ring buffer: its elements lie in up to two pieces.
    VecDeque<T>: |deque, tracer| {
        let (front, back) = deque.as_slices();
        tracer.slice(front);
        tracer.slice(back);
    };
    LinkedList<T>: |list, tracer| tracer.owned(list, |list, tracer| {
        for value in list {
            value.trace(tracer);
        }
    });
}

// SAFETY: duty 1: the value reports its edges, all of them in the tail. Duty 2: the mask is empty. Duty 3: a
// box is without edges, and `'static`, if its value is. Duty 5: the box's drop frees memory and drops the
// value, which is `Trace`; whether that runs code of the program is asked of the value (of a trait object:
// yes, as nothing is known of it).
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
    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    }
}

// SAFETY: only the brand of the value changes; pointers to it agree, metadata included (`RebrandDst`).
unsafe impl<T: ?Sized + RebrandDst> Rebrand for Box<T> {
    type Static = Box<T::Static>;
    type At<'a> = Box<T::At<'a>>;
}

// SAFETY: as for `Box`. Tracing takes shared references only and so moves nothing out of the pin; the box
// stays where it is until its object is dropped, and drops its value before it frees the memory.
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
    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    }
}

// SAFETY: as for `Box`.
unsafe impl<T: ?Sized + RebrandDst> Rebrand for Pin<Box<T>> {
    type Static = Pin<Box<T::Static>>;
    type At<'a> = Pin<Box<T::At<'a>>>;
}
