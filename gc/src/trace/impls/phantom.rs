//! Types that mention others without owning a value of them: `PhantomData` and function pointers.
//!
//! They report nothing and yet are no leaves. A leaf is `'static`, and these may name a brand: were
//! `PhantomData<fn(&'gc ())>` a leaf, a program could implement a trait for it whose associated type is
//! `Gc<'gc, u8>`, and a struct that takes the one as parameter and has the other as field would count as
//! a leaf, too (`LEAF` is decided from arguments).

use core::marker::{PhantomData, PhantomPinned};

use super::macros::leaf;
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, RebrandDst, Trace, Tracer};

leaf!(PhantomPinned);

// SAFETY: duties 1 and 2: there is no value, hence no edge. Duty 3: no leaf, see above. Duty 5: no drop. That
// `T` is `Send + Sync + 'gc` is what makes the phantom so, as the trait demands.
#[doc(hidden)]
unsafe impl<'gc, T: ?Sized + Send + Sync + 'gc> Trace<'gc> for PhantomData<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = false;
    fn trace(&self, _: &mut Tracer) {}
    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand of the type argument changes; there is no value. As an argument of another type
// `PhantomData<T>` thus needs a `T` that can be rebranded; as a field it does not.
#[doc(hidden)]
unsafe impl<T: ?Sized + RebrandDst> Rebrand for PhantomData<T> {
    type Static = PhantomData<T::Static>;
    type At<'a> = PhantomData<T::At<'a>>;
}

/// Function pointers have no `Rebrand`: a pointer to a function that takes `Gc<'static, T>` must not become
/// one that takes `Gc<'gc, T>`, since it may keep what it is given. So they cannot be rooted, nor be the
/// argument of a type that is; inside an object they stand at the object's brand and are harmless.
///
/// Of pointers that are generic over a lifetime (`for<'a> fn(&'a T)`) none is covered here: `&'a T` is no
/// type that a parameter could be for every `'a`.
macro_rules! fn_pointer {
    ($($A:ident)*) => {
        fn_pointer!(@ fn($($A),*) -> R, $($A)*);
        fn_pointer!(@ unsafe fn($($A),*) -> R, $($A)*);
        fn_pointer!(@ extern "C" fn($($A),*) -> R, $($A)*);
        fn_pointer!(@ unsafe extern "C" fn($($A),*) -> R, $($A)*);
    };
    (@ $F:ty, $($A:ident)*) => {
        // SAFETY: duties 1 and 2: code holds no edge. Duty 3: no leaf, see the module. Duty 5: no drop.
        #[doc(hidden)]
        unsafe impl<'gc, R, $($A),*> Trace<'gc> for $F
        where
            $F: 'gc,
        {
            const MASK: Mask = Mask::EMPTY;
            const TAIL: bool = false;
            const LEAF: bool = false;
            fn trace(&self, _: &mut Tracer) {}
            fn drop_kind(_: &mut DropWalk) -> DropKind {
                DropKind::None
            }
        }
    };
}

fn_pointer!();
fn_pointer!(A);
fn_pointer!(A B);
fn_pointer!(A B C);
fn_pointer!(A B C D);
fn_pointer!(A B C D E);
fn_pointer!(A B C D E F);
fn_pointer!(A B C D E F G);
fn_pointer!(A B C D E F G H);
fn_pointer!(A B C D E F G H I);
fn_pointer!(A B C D E F G H I J);
fn_pointer!(A B C D E F G H I J K);
fn_pointer!(A B C D E F G H I J K L);
