//! [`Derived`]: what derived code does everything through.
//!
//! Derived code stands in the program, where safe code decides what a path means: `#[trace(crate = "..")]` names any
//! module, `extern crate self as gc` turns `::gc` into the program itself, and a module may re-export the real traits
//! beside its own everything else. So an implementation names one thing, the trait that it implements. If that is the
//! real one, what its soundness rests on is reached through it: the constant `DERIVED` of the trait, and the methods of
//! its value. If it is not, the implementation is of a trait of the program's own and says nothing to the collector.
//!
//! Derived code asks `()` for the constant, which every one of the traits is implemented for: what is wrong with the
//! type itself is then said once, and not for each use.
//!
//! # Invariants
//!
//! 1. All methods take `self` by value. So they are the first that the compiler finds: no trait of the program that
//!    happens to be in scope comes before them.
//! 2. What would be unsound in other hands is an `unsafe fn`; programs can get at the value.

use super::RebrandDst;

/// The type of `DERIVED`.
#[derive(Clone, Copy, Debug)]
pub struct Derived(());

impl Derived {
    /// Reached through the traits only.
    pub(crate) const NEW: Self = Self(());

    /// Compiles for types without borrowed data only.
    pub const fn assert_static<F: ?Sized + 'static>(self) {}

    /// Compiles if `A` is what becomes of the type argument `P` at brand `'static`.
    pub const fn is_static<P: ?Sized + RebrandDst<Static = A>, A: ?Sized>(self) {}

    /// Compiles if `A` is what becomes of the type argument `P` at brand `'at`.
    pub const fn is_at<'at, P: ?Sized + RebrandDst<At<'at> = A>, A: ?Sized>(self) {}
}
