//! Tuples of up to twelve fields.

use core::mem::offset_of;

use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Parts, Rebrand, Tally, Trace, Tracer};

macro_rules! tuple {
    ($($T:ident $i:tt),+) => {
        // SAFETY: duty 1: each field reports its own edges; the mask is that of each field at its offset,
        // which is asked of the compiler, as it may order the fields as it likes. Duty 2: every field of a
        // tuple is always initialized. Duty 3: from the arguments, which are the fields. Duty 5: a tuple has
        // no drop of its own.
        #[doc(hidden)]
        unsafe impl<'gc, $($T: Trace<'gc>),+> Trace<'gc> for ($($T,)+) {
            const MASK: Mask = Mask::EMPTY$(.or_at($T::MASK, offset_of!(Self, $i)))+;
            const TAIL: bool = $($T::TAIL)||+;
            const LEAF: bool = $($T::LEAF)&&+;

            #[inline]
            fn trace(&self, tracer: &mut Tracer) {
                $(self.$i.trace(tracer);)+
            }

            #[inline]
            fn trace_tail(&self, tracer: &mut Tracer) {
                $(self.$i.trace_tail(tracer);)+
            }

            #[inline]
            fn owned(&self, tally: &mut Tally) {
                $(self.$i.owned(tally);)+
            }

            fn drop_kind(walk: &mut DropWalk) -> DropKind {
                DropKind::None$(.and(walk.visit::<$T>($T::drop_kind)))+
            }

            #[inline]
            fn trace_parts(&self, parts: &mut Parts<'_>) {
                $(parts.field(stringify!($i), &self.$i);)+
            }
        }

        // SAFETY: only the brands of the fields change.
        #[doc(hidden)]
        unsafe impl<$($T: Rebrand),+> Rebrand for ($($T,)+) {
            type Static = ($($T::Static,)+);
            type At<'a> = ($($T::At<'a>,)+);
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
