//! What derived types run when they are dropped, and what they own. [`Probe`] asks whether a type implements a trait, which no bound can.

use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

use crate::object::{DropKind, DropWalk};
use crate::trace::{Derived, Tally, Trace};

/// Asks what a type implements: where the condition of the `impl` holds its method is found, else that of [`Otherwise`], or
/// that of a trait that derived code defines beside itself, for all types. (A trait of the program with a method of the same
/// name comes never before the first. It makes that of the other trait ambiguous, which is an error. It comes before that of
/// `Otherwise`, which then only a [`NoOwnDrop`] can stand for.)
///
/// That a generic type has a `Drop` is seen, as a `Drop` is for all arguments. In generic code a type that is or
/// contains a parameter is nothing but what its bounds say.
pub struct Probe<F: ?Sized>(PhantomData<fn(*const F) -> *const F>);

#[expect(drop_bounds, reason = "asks just whether the type itself implements Drop, which is the point")]
impl<F: ?Sized + Drop> Probe<F> {
    /// The answer for a type that has a `Drop` of its own.
    pub fn own_drop(self) -> OwnDrop<F> {
        OwnDrop(self)
    }

    /// What the `Drop` of the type itself is: code of the program.
    pub fn own_drop_kind_or(self, _: DropKind) -> DropKind {
        DropKind::User
    }
}

impl<F: ?Sized> Probe<F> {
    /// Compiles if the answer is that the type has no `Drop` of its own.
    pub fn refuse_drop<A: FitToHoldGc>(self, _: A) {}
}

impl<F: Trace<'static>> Probe<F> {
    /// What runs when a value of the type is dropped.
    pub fn drop_kind_or(self, walk: &mut DropWalk, _: DropKind) -> DropKind {
        walk.visit::<F>(F::drop_kind)
    }

    /// Adds up what a value of the type owns.
    #[inline]
    pub fn owned_by(self, value: &F, tally: &mut Tally) {
        value.owned(tally);
    }
}

impl<F: ?Sized> Deref for Probe<F> {
    type Target = Otherwise;

    fn deref(&self) -> &Otherwise {
        &Otherwise
    }
}

/// What a [`Probe`] says of a type that does not implement what it asks for.
#[derive(Clone, Copy, Debug)]
pub struct Otherwise;

impl Otherwise {
    /// The answer for a type that has no `Drop` of its own.
    pub fn own_drop(self) -> NoOwnDrop {
        NoOwnDrop
    }
}

impl<F: ?Sized> Clone for Probe<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F: ?Sized> Copy for Probe<F> {}

impl<F: ?Sized> fmt::Debug for Probe<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Probe")
    }
}

/// The type has a `Drop` of its own.
#[derive(Debug)]
pub struct OwnDrop<F: ?Sized>(Probe<F>);

/// The type has no `Drop` of its own.
#[derive(Clone, Copy, Debug)]
pub struct NoOwnDrop;

/// Of the two answers only [`NoOwnDrop`], and nothing else: neither trait nor types are the program's.
#[diagnostic::on_unimplemented(
    message = "a type that can hold a `Gc` cannot have a `Drop` of its own",
    label = "has a `Drop`, and what a `Gc` points to may be gone when that runs",
    note = "let a field do it whose type has neither lifetime nor type parameters, or use a finalizer or a cleanup"
)]
pub trait FitToHoldGc {}
impl FitToHoldGc for NoOwnDrop {}

impl Derived {
    /// What [`Probe`] asks about `F`.
    pub const fn probe<F: ?Sized>(self) -> Probe<F> {
        Probe(PhantomData)
    }

    /// The kind of a type of which nothing is dropped.
    pub const fn no_drop(self) -> DropKind {
        DropKind::None
    }

    /// The kind of a type about which only `needs_drop` is known.
    pub const fn unknown_drop<F: ?Sized>(self) -> DropKind {
        DropKind::unknown::<F>()
    }

    /// The kind of a value that owns both.
    pub fn both_drops(self, one: DropKind, other: DropKind) -> DropKind {
        one.and(other)
    }

    /// The kind of a value that is dropped as `own` says, and then its fields, of which these answer for one each.
    pub fn drop_of_fields(
        self,
        own: DropKind,
        walk: &mut DropWalk,
        fields: &[fn(&mut DropWalk) -> DropKind],
    ) -> DropKind {
        fields.iter().fold(own, |kind, of_field| kind.and(of_field(walk)))
    }
}
