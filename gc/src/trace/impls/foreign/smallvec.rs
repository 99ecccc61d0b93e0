//! `smallvec`.

use smallvec::SmallVec;

use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Parts, Rebrand, Tally, Trace, Tracer};

// Only for `[T; N]`, not for every `smallvec::Array`: that is a trait which the program may implement, for a
// type that names a brand and yet has elements without edges; it must not count as a leaf.
//
// SAFETY: duty 1: all edges are in the elements, inline or not, and `as_slice` is exactly the initialized
// ones. Duty 2: the mask is empty, as inline elements may be absent. Duty 3: from the argument. Duty 5: the
// drop frees memory and drops the elements, which are `Trace`.
#[doc(hidden)]
unsafe impl<'gc, T: Trace<'gc>, const N: usize> Trace<'gc> for SmallVec<[T; N]> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    #[inline]
    fn trace(&self, tracer: &mut Tracer) {
        tracer.slice(self.as_slice());
    }

    #[inline]
    fn owned(&self, tally: &mut Tally) {
        if self.spilled() {
            tally.add_room::<T>(self.capacity());
        }
        if core::mem::needs_drop::<T>() {
            tally.inside(self, |vec, tally| tally.each(vec));
        }
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        DropKind::Library.and(walk.visit::<T>(T::drop_kind))
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        parts.slice(self);
    }
}

// SAFETY: only the brand of the elements changes.
#[doc(hidden)]
unsafe impl<T: Rebrand, const N: usize> Rebrand for SmallVec<[T; N]> {
    type Static = SmallVec<[T::Static; N]>;
    type At<'a> = SmallVec<[T::At<'a>; N]>;
}
