//! What holds or shares a value that the collector does not look into: `Arc`, std's locks, `&'static T`,
//! `Cow` and the atomics.
//!
//! The value is `'static`, so it holds no edge: a brand is never `'static`. The bound is written out where a
//! type seems to imply it, as rustc has been known not to check implied bounds in every place.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize};
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize};
use std::sync::{Arc, Barrier, Condvar, Mutex, Once, OnceLock, RwLock, Weak};

use super::macros::leaf;
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, Tally, Trace, Tracer};

leaf!(AtomicBool, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize);
leaf!(AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize);
leaf!(Barrier, Condvar, Once);

/// Leaves whatever `T` is. `$kind` is what runs when the holder itself is dropped.
macro_rules! holder {
    ($($Holder:ty where T: [$($Bound:tt)+], drop: $kind:expr;)*) => {$(
        // SAFETY: duties 1, 2 and 3: the value is `'static`, so there is no edge. Duty 5: the holder's drop
        // is std's; what may run of the program is the drop of the value, of which nothing is known.
        #[doc(hidden)]
        unsafe impl<T: $($Bound)+ + 'static> Trace<'_> for $Holder {
            const MASK: Mask = Mask::EMPTY;
            const TAIL: bool = false;
            const LEAF: bool = true;
            fn trace(&self, _: &mut Tracer) {}
            fn drop_kind(_: &mut DropWalk) -> DropKind {
                $kind
            }
        }
        // SAFETY: a `'static` value has no brand.
        #[doc(hidden)]
        unsafe impl<T: $($Bound)+ + 'static> Rebrand for $Holder {
            type Static = Self;
            type At<'a> = Self;
        }
    )*};
}

holder! {
    // `Trace` is not needed to be sound; without it a program that forgot a derive is told to borrow its value.
    &'static T where T: [?Sized + Sync + Trace<'static>], drop: DropKind::None;
    Arc<T> where T: [?Sized + Send + Sync], drop: DropKind::Library.and(DropKind::unknown::<T>());
    // Frees memory at most: the value is dropped by the last `Arc`.
    Weak<T> where T: [?Sized + Send + Sync], drop: DropKind::Library;
    Mutex<T> where T: [Send], drop: DropKind::Library.and(DropKind::unknown::<T>());
    RwLock<T> where T: [Send + Sync], drop: DropKind::Library.and(DropKind::unknown::<T>());
    OnceLock<T> where T: [Send + Sync], drop: DropKind::Library.and(DropKind::unknown::<T>());
}

// SAFETY: duties 1, 2 and 3: borrowed or owned, the value is `'static`, so there is no edge. Duty 5: the
// owned value knows what its drop runs.
#[doc(hidden)]
unsafe impl<B> Trace<'_> for Cow<'static, B>
where
    B: ?Sized + ToOwned + Sync + 'static,
    B::Owned: Trace<'static>,
{
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;
    fn trace(&self, _: &mut Tracer) {}
    fn owned(&self, tally: &mut Tally) {
        if let Self::Owned(value) = self {
            value.owned(tally);
        }
    }
    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<B::Owned>(B::Owned::drop_kind)
    }
}

// SAFETY: a `'static` value has no brand.
#[doc(hidden)]
unsafe impl<B> Rebrand for Cow<'static, B>
where
    B: ?Sized + ToOwned + Sync + 'static,
    B::Owned: Trace<'static>,
{
    type Static = Self;
    type At<'a> = Self;
}
