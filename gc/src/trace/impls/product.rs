//! Std's structs of plain fields: ranges, and newtypes that change how a value is compared or computed with.

use core::cmp::Reverse;
use core::mem::offset_of;
use core::num::{Saturating, Wrapping};
use core::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Parts, Rebrand, Tally, Trace, Tracer};

/// All fields are public and of the type of the parameter.
macro_rules! product {
    ($($Name:ident<T> { $($field:tt),+ })*) => {$(
        // SAFETY: duty 1: each field reports its own edges, those of its mask at its offset. The pattern in
        // `trace` names every field there is. Duty 2: the fields are always initialized. Duty 3: from the
        // argument. Duty 5: the struct has no drop of its own.
        #[doc(hidden)]
        unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for $Name<T> {
            const MASK: Mask = Mask::EMPTY$(.or_at(T::MASK, offset_of!(Self, $field)))+;
            const TAIL: bool = T::TAIL;
            const LEAF: bool = T::LEAF;

            #[inline]
            fn trace(&self, tracer: &mut Tracer) {
                let Self { $($field: _),+ } = self;
                $(self.$field.trace(tracer);)+
            }

            #[inline]
            fn trace_tail(&self, tracer: &mut Tracer) {
                $(self.$field.trace_tail(tracer);)+
            }

            #[inline]
            fn owned(&self, tally: &mut Tally) {
                $(self.$field.owned(tally);)+
            }

            fn drop_kind(walk: &mut DropWalk) -> DropKind {
                walk.visit::<T>(T::drop_kind)
            }

            #[inline]
            fn trace_parts(&self, parts: &mut Parts<'_>) {
                $(parts.field(stringify!($field), &self.$field);)+
            }
        }

        // SAFETY: only the brand of the fields changes.
        #[doc(hidden)]
        unsafe impl<T: Rebrand> Rebrand for $Name<T> {
            type Static = $Name<T::Static>;
            type At<'a> = $Name<T::At<'a>>;
        }
    )*};
}

product! {
    Wrapping<T> { 0 }
    Saturating<T> { 0 }
    Reverse<T> { 0 }
    Range<T> { start, end }
    RangeFrom<T> { start }
    RangeTo<T> { end }
    RangeToInclusive<T> { end }
}

// SAFETY: duty 1: both bounds report their edges, all of them in the tail, as the fields are private; beside
// them there is only a flag. Duty 2: the mask is empty. Duty 3: from the argument. Duty 5: no drop of its own.
#[doc(hidden)]
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for RangeInclusive<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    #[inline]
    fn trace(&self, tracer: &mut Tracer) {
        self.start().trace(tracer);
        self.end().trace(tracer);
    }

    #[inline]
    fn owned(&self, tally: &mut Tally) {
        self.start().owned(tally);
        self.end().owned(tally);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<T>(T::drop_kind)
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        parts.field("start", self.start());
        parts.field("end", self.end());
    }
}

// SAFETY: only the brand of the bounds changes.
#[doc(hidden)]
unsafe impl<T: Rebrand> Rebrand for RangeInclusive<T> {
    type Static = RangeInclusive<T::Static>;
    type At<'a> = RangeInclusive<T::At<'a>>;
}
