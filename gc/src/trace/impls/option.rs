//! `Option`.

use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Parts, Rebrand, Tally, Trace, Tracer};

/// Whether the first word of `None` is null: asked of the compiler, for exactly this type. If the niche is
/// elsewhere the word is uninitialized and this is a compile error, never a wrong answer.
const fn none_is_null<T>() -> bool {
    let none = core::mem::MaybeUninit::new(None::<T>);
    // SAFETY: reads a word of a value that is at least a word (duty 4 of `Trace`), at compile time.
    unsafe { none.as_ptr().cast::<usize>().read() == 0 }
}

// SAFETY: duty 1: a present value reports itself. Duty 2: the mask of a value is used only if it is one
// never-null edge in the first word, whose null is `None` (duty 4, and checked here).
#[doc(hidden)]
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Option<T> {
    const MASK: Mask = if T::POINTER {
        // A value that were more than its edge would keep words that `None` leaves uninitialized.
        assert!(T::MASK.equals(Mask::WORD) && !T::TAIL);
        assert!(size_of::<Self>() == size_of::<T>());
        assert!(none_is_null::<T>());
        T::MASK
    } else {
        Mask::EMPTY
    };
    const TAIL: bool = !T::POINTER && !T::LEAF;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        if let Some(value) = self {
            value.trace(tracer);
        }
    }

    fn trace_tail(&self, tracer: &mut Tracer) {
        if !T::POINTER {
            self.trace(tracer);
        }
    }

    #[inline]
    fn owned(&self, tally: &mut Tally) {
        if let Some(value) = self {
            value.owned(tally);
        }
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<T>(T::drop_kind)
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        if let Some(value) = self {
            value.trace_parts(parts);
        }
    }
}

// SAFETY: only the brand of the value changes.
#[doc(hidden)]
unsafe impl<T: Rebrand> Rebrand for Option<T> {
    type Static = Option<T::Static>;
    type At<'a> = Option<T::At<'a>>;
}
