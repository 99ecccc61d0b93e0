//! What many implementations have in common.

/// `Trace` alone for types that are `'static` and hold no edge. Their drop runs library code at most.
macro_rules! leaf_trace {
    ($($T:ty $(: $owns:expr)?),* $(,)?) => {$(
        // SAFETY: the type owns no `Gc` and is `'static` (duties 1 and 3); nothing is in the mask (2);
        // its drop is code of the standard library, or there is none (5).
        #[doc(hidden)]
        unsafe impl $crate::trace::Trace<'_> for $T {
            const MASK: $crate::object::Mask = $crate::object::Mask::EMPTY;
            const TAIL: bool = false;
            const LEAF: bool = true;
            fn trace(&self, _: &mut $crate::trace::Tracer) {}
            $(
                #[inline]
                fn owned(&self, tally: &mut $crate::trace::Tally) {
                    let owns: fn(&Self) -> usize = $owns;
                    tally.add(owns(self));
                }
            )?
            fn drop_kind(_: &mut $crate::object::DropWalk) -> $crate::object::DropKind {
                $crate::object::DropKind::Library
            }
        }
    )*};
}

/// Types that are `'static`, hold no edge, and run library code at most when dropped.
/// With a colon and a closure: how many bytes the value owns elsewhere.
macro_rules! leaf {
    ($($T:ty $(: $owns:expr)?),* $(,)?) => {
        $crate::trace::impls::macros::leaf_trace!($($T $(: $owns)?),*);
        $(
            // SAFETY: the type mentions no brand.
            #[doc(hidden)]
            unsafe impl $crate::trace::Rebrand for $T {
                type Static = Self;
                type At<'a> = Self;
            }
        )*
    };
}

/// As `leaf!`, for types that are not sized.
macro_rules! unsized_leaf {
    ($($T:ty),* $(,)?) => {
        $crate::trace::impls::macros::leaf_trace!($($T),*);
        $(
            // SAFETY: the type mentions no brand.
            #[doc(hidden)]
            unsafe impl $crate::trace::RebrandDst for $T {
                type Static = Self;
                type At<'a> = Self;
            }
        )*
    };
}

/// Containers that own values of their type parameters on Rust's own heap, and perhaps one parameter, after
/// the semicolon, that is no value to trace: it must be `'static`, so that no edge can hide in it.
///
/// `trace` gets the container and the tracer, and is not called if no value can hold an edge. It reports
/// what *every* value of *every* parameter before the semicolon reports. `room` says what the container has allocated, in
/// bytes; `each` asks all values what they own; `parts` says what each value is.
macro_rules! container {
    ($($Name:ident<$($P:ident),+ $(; $S:ident)?> {
        trace: |$traced:ident, $tracer:ident| $trace:expr,
        room: |$owner:ident| $room:expr,
        each: $each:expr,
        parts: |$whole:ident, $to:ident| $parts:expr $(,)?
    })*) => {$(
        // SAFETY: duty 1: all edges are in values of the parameters, and `trace`, which reports all of
        // these, is the whole tail; a parameter that is not traced is `'static`. Duty 2: the mask is empty.
        // Duty 3: without edges if no argument has any, and then `'static` as the arguments are. Duty 5: the
        // container's drop frees memory and drops its values, which are `Trace`.
        #[doc(hidden)]
        unsafe impl<'gc, $($P: $crate::trace::Trace<'gc>,)+ $($S: Send + Sync + 'static)?>
            $crate::trace::Trace<'gc> for $Name<$($P,)+ $($S)?>
        {
            const MASK: $crate::object::Mask = $crate::object::Mask::EMPTY;
            const TAIL: bool = !Self::LEAF;
            const LEAF: bool = $($P::LEAF)&&+;
            #[inline]
            fn trace(&self, $tracer: &mut $crate::trace::Tracer) {
                if const { !Self::LEAF } {
                    let $traced = self;
                    $trace;
                }
            }
            #[inline]
            fn owned(&self, tally: &mut $crate::trace::Tally) {
                let $owner = self;
                tally.add($room);
                if const { $(core::mem::needs_drop::<$P>())||+ } {
                    tally.inside(self, $each);
                }
            }
            fn drop_kind(walk: &mut $crate::object::DropWalk) -> $crate::object::DropKind {
                $crate::object::DropKind::Library
                    $(.and(walk.visit::<$P>($P::drop_kind)))+
                    $(.and($crate::object::DropKind::unknown::<$S>()))?
            }
            #[inline]
            fn trace_parts(&self, $to: &mut $crate::trace::Parts<'_>) {
                if const { !Self::LEAF } {
                    let $whole = self;
                    $parts;
                }
            }
        }
        // SAFETY: only the brands of the values change; a parameter that is not traced has none.
        #[doc(hidden)]
        unsafe impl<$($P: $crate::trace::Rebrand,)+ $($S: Send + Sync + 'static)?>
            $crate::trace::Rebrand for $Name<$($P,)+ $($S)?>
        {
            type Static = $Name<$($P::Static,)+ $($S)?>;
            type At<'a> = $Name<$($P::At<'a>,)+ $($S)?>;
        }
    )*};
}

/// Enums of other crates: each variant owns a value of one of the parameters, or nothing. Where the variants
/// keep them is not documented, so the mask is empty.
macro_rules! sum {
    ($($Name:ident<$($P:ident),+> { $($variant:pat => $value:expr),+ $(,)? })*) => {$(
        // SAFETY: duty 1: the value of each variant reports its edges, all of them in the tail; the match has
        // no catch-all, so no variant is forgotten. Duty 2: the mask is empty. Duty 3: from the arguments.
        // Duty 5: the enum has no drop of its own.
        #[doc(hidden)]
        unsafe impl<'gc, $($P: $crate::trace::Trace<'gc>),+> $crate::trace::Trace<'gc> for $Name<$($P),+> {
            const MASK: $crate::object::Mask = $crate::object::Mask::EMPTY;
            const TAIL: bool = !Self::LEAF;
            const LEAF: bool = $($P::LEAF)&&+;

            #[inline]
            fn trace(&self, tracer: &mut $crate::trace::Tracer) {
                match self {
                    $($variant => $value.trace(tracer),)+
                }
            }

            #[inline]
            fn owned(&self, tally: &mut $crate::trace::Tally) {
                match self {
                    $($variant => $value.owned(tally),)+
                }
            }

            fn drop_kind(walk: &mut $crate::object::DropWalk) -> $crate::object::DropKind {
                $crate::object::DropKind::None$(.and(walk.visit::<$P>($P::drop_kind)))+
            }

            #[inline]
            fn trace_parts(&self, parts: &mut $crate::trace::Parts<'_>) {
                match self {
                    $($variant => $value.trace_parts(parts),)+
                }
            }
        }

        // SAFETY: only the brands of the values change.
        #[doc(hidden)]
        unsafe impl<$($P: $crate::trace::Rebrand),+> $crate::trace::Rebrand for $Name<$($P),+> {
            type Static = $Name<$($P::Static),+>;
            type At<'a> = $Name<$($P::At<'a>),+>;
        }
    )*};
}

pub(crate) use {container, leaf, leaf_trace, sum, unsized_leaf};
