//! Arrays and slices.

use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Parts, Rebrand, RebrandDst, Tally, Trace, Tracer};

// SAFETY: duty 1: each element reports its own edges; the mask is that of the element, once for each. Where
// the element's mask is empty its tail is all that it reports, so the array's tail may be traced as a slice,
// in pieces; where it is not, and the array's mask fits, the array is at most as long as a mask. Duty 2: all
// elements are initialized. Duty 3: from the argument. Duty 5: an array has no drop of its own.
#[doc(hidden)]
unsafe impl<'gc, T: Trace<'gc>, const N: usize> Trace<'gc> for [T; N] {
    const MASK: Mask = T::MASK.repeat(N, size_of::<T>());
    const TAIL: bool = T::TAIL && N != 0;
    const LEAF: bool = T::LEAF;

    #[inline]
    fn trace(&self, tracer: &mut Tracer) {
        tracer.slice(self);
    }

    #[inline]
    fn trace_tail(&self, tracer: &mut Tracer) {
        if !T::TAIL {
            return;
        }
        if T::MASK.is_empty() {
            tracer.slice(self);
        } else {
            for element in self {
                element.trace_tail(tracer);
            }
        }
    }

    #[inline]
    fn owned(&self, tally: &mut Tally) {
        tally.each(self);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<T>(T::drop_kind)
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        parts.slice(self);
    }
}

// SAFETY: only the brand of the elements changes.
#[doc(hidden)]
unsafe impl<T: Rebrand, const N: usize> Rebrand for [T; N] {
    type Static = [T::Static; N];
    type At<'a> = [T::At<'a>; N];
}

// SAFETY: duty 1: each element reports its own edges. Duty 2: the mask is empty, as it could not describe a
// length known at run time only. Duties 3 and 5: as for arrays.
#[doc(hidden)]
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for [T] {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    #[inline]
    fn trace(&self, tracer: &mut Tracer) {
        tracer.slice(self);
    }

    #[inline]
    fn trace_tail(&self, tracer: &mut Tracer) {
        tracer.slice(self);
    }

    #[inline]
    fn owned(&self, tally: &mut Tally) {
        tally.each(self);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<T>(T::drop_kind)
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        parts.slice(self);
    }
}

// SAFETY: only the brand of the elements changes; the metadata of both pointers is the number of elements.
#[doc(hidden)]
unsafe impl<T: Rebrand> RebrandDst for [T] {
    type Static = [T::Static];
    type At<'a> = [T::At<'a>];
}
