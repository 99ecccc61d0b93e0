//! From a trait object back to its type.
//!
//! Types are told apart by the `TypeId` of their form at `'static`, since a type with a brand has none. That forgets
//! the brand, and so would take `Node<'static>` for `Node<'gc>`: both the object and what it is asked for stand at the
//! brand of the mutation ([`AtBrand`]). Of two such types with the same form at `'static` each has `'gc` wherever
//! `Rebrand` replaces the brand, and elsewhere what that form has. So they are one.

use core::any::TypeId;

use super::Gc;
use crate::trace::{AtBrand, DynTrace};

/// What a trait must extend so that its objects in the heap can be asked for their type, by [`Gc::downcast`].
///
/// Implemented for every type that can be rooted. A trait extends it instead of [`DynTrace`], which it extends itself.
///
/// # Examples
///
/// Objects whose types need not know each other:
///
/// ```
/// use gc::{Downcast, Gc, Heap, dyn_trace};
///
/// trait Any<'gc>: Downcast<'gc> + 'gc {}
/// dyn_trace!(dyn Any<'gc>);
/// impl<'gc, T: Downcast<'gc>> Any<'gc> for T {}
///
/// Heap::new().mutate(|mc| {
///     let number = Gc::new(mc, 7_u64);
///     let any = Gc::unsize::<dyn Any<'_>>(number, |number| number);
///     assert_eq!(Gc::downcast::<u64>(any).as_deref(), Some(&7));
///     assert!(Gc::downcast::<String>(any).is_none());
/// });
/// ```
///
/// # Safety
///
/// `type_at_static` is the `TypeId` of the type of the value at brand `'static`
/// ([`RebrandDst::Static`](crate::implement::RebrandDst::Static)), and that type stands at brand `'gc`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not told from other types: a trait must extend `gc::Downcast`, a type must be one that can \
               be rooted",
    label = "`Downcast` is not implemented for `{Self}`",
    note = "a trait whose objects can extends `gc::Downcast`: `trait Shape<'gc>: Downcast<'gc> + 'gc`",
    note = "a type that implements such a trait can be rooted: its `#[derive(gc::Trace)]` is without `no_rebrand`"
)]
pub unsafe trait Downcast<'gc>: DynTrace<'gc> {
    /// See above.
    #[doc(hidden)]
    fn type_at_static(&self) -> TypeId;
}

// SAFETY: that is what it returns; the type stands at the brand by the bound.
unsafe impl<'gc, T: AtBrand<'gc>> Downcast<'gc> for T {
    fn type_at_static(&self) -> TypeId {
        TypeId::of::<T::Static>()
    }
}

impl<'gc, T: ?Sized + Downcast<'gc>> Gc<'gc, T> {
    /// The object as what it is, if it is a `U`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Downcast, Gc, Heap, Trace, dyn_trace};
    ///
    /// trait Shape<'gc>: Downcast<'gc> + 'gc {}
    /// dyn_trace!(dyn Shape<'gc>);
    ///
    /// #[derive(Trace)]
    /// struct Square(f64);
    /// #[derive(Trace)]
    /// struct Group<'gc>(Vec<Gc<'gc, dyn Shape<'gc>>>);
    ///
    /// impl<'gc> Shape<'gc> for Square {}
    /// impl<'gc> Shape<'gc> for Group<'gc> {}
    ///
    /// Heap::new().mutate(|mc| {
    ///     let square = Gc::unsize::<dyn Shape>(Gc::new(mc, Square(2.0)), |square| square);
    ///     let group = Gc::unsize::<dyn Shape>(Gc::new(mc, Group(vec![square])), |group| group);
    ///
    ///     let group: Gc<'_, Group> = Gc::downcast(group).unwrap();
    ///     assert_eq!(Gc::downcast::<Square>(group.0[0]).unwrap().0, 2.0);
    ///     assert!(Gc::downcast::<Group>(group.0[0]).is_none());
    /// });
    /// ```
    pub fn downcast<U: AtBrand<'gc>>(this: Self) -> Option<Gc<'gc, U>> {
        let found = Downcast::<'gc>::type_at_static(Gc::as_ref(this));
        // SAFETY: the value is a `U`: see the module. `U` is `Trace<'gc>` by the bound.
        (found == TypeId::of::<U::Static>())
            .then(|| unsafe { Gc::from_non_null(Gc::as_non_null(this).cast()) })
    }
}
