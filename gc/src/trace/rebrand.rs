//! Replacing one brand by another.
//!
//! A `Root<Node<'static>>` lives outside every mutation, so it cannot name a brand; inside a mutation it
//! gives back a `Gc<'gc, Node<'gc>>`. Layout does not depend on lifetimes and no implementation can be
//! chosen by them, so the two types are one in memory; what has to be guarded is that a value which really
//! stands at `'static` (in a plain type, say) is never taken for one that stands at `'gc`. So every point
//! where a brand is replaced demands [`AtBrand`].

use super::{Derived, Trace};

/// A sized type whose brand can be replaced. Derived together with [`Trace`].
///
/// # Safety
///
/// `Static` and `At` are the same type with only the brand replaced: the implementing type's lifetime, and
/// in its type arguments through their own `Rebrand`. `Self`, `Static` and every `At<'a>` agree in layout.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no brand lifetime to replace, so it cannot be rooted",
    label = "`Rebrand` is not implemented for `{Self}`",
    note = "`#[derive(gc::Trace)]` implements it together with `Trace`"
)]
pub unsafe trait Rebrand: Sized {
    /// The type with brand `'static`: how it is named outside a mutation.
    type Static: Trace<'static> + Rebrand<Static = Self::Static>;
    /// The type with brand `'a`: how it is named inside a mutation.
    type At<'a>: Trace<'a> + Rebrand<Static = Self::Static>;
    /// What `#[derive(Trace)]` does everything through.
    #[doc(hidden)]
    const DERIVED: Derived = Derived::NEW;
}

/// [`Rebrand`] for types that need not be sized: trait objects, slices, `str`.
///
/// # Safety
///
/// As for [`Rebrand`]; pointers to the three types agree in layout and in the meaning of their metadata.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no brand lifetime to replace, so it cannot be rooted",
    label = "`Rebrand` is not implemented for `{Self}`",
    note = "`#[derive(gc::Trace)]` implements it together with `Trace`; for trait objects use `gc::dyn_trace!`"
)]
pub unsafe trait RebrandDst {
    /// The type with brand `'static`.
    type Static: ?Sized + Trace<'static> + RebrandDst<Static = Self::Static>;
    /// The type with brand `'a`.
    type At<'a>: ?Sized + Trace<'a> + RebrandDst<Static = Self::Static>;
    /// What `#[derive(Trace)]` does everything through.
    #[doc(hidden)]
    const DERIVED: Derived = Derived::NEW;
}

// SAFETY: the duties of `Rebrand` are those of `RebrandDst` for sized types, whose pointers are thin.
unsafe impl<T: Rebrand> RebrandDst for T {
    type Static = T::Static;
    type At<'a> = T::At<'a>;
}

/// A type that stands at brand `'gc`: replacing its brand by `'gc` gives the type itself.
///
/// Demanded wherever a handle forgets its brand. It keeps out a value that stands at `'static` inside a
/// plain type: rebranded, its contents would be taken for pointers into the running mutation's heap.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand at the brand of this mutation, so it cannot be rooted",
    label = "its brand is not that of the mutation"
)]
pub trait AtBrand<'gc>: RebrandDst<At<'gc> = Self> + Trace<'gc> {}

impl<'gc, T: ?Sized + RebrandDst<At<'gc> = T> + Trace<'gc>> AtBrand<'gc> for T {}
