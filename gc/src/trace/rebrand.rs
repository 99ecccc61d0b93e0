//! Replacing one brand by another.
//!
//! A `Root<Node<'static>>` lives outside every mutation, so it cannot name a brand; inside a mutation it
//! gives back a `Gc<'gc, Node<'gc>>`. Layout does not depend on lifetimes and no implementation can be
//! chosen by them, so the two types are one in memory; what has to be guarded is that a value which really
//! stands at `'static` (in a plain type, say) is never taken for one that stands at `'gc`. So every point
//! where a brand is replaced demands [`AtBrand`].

use super::{Derived, Trace};

/// A sized type whose brand can be replaced, so that it can be rooted.
///
/// Derived together with [`Trace`], and implemented for the sized [types of other crates](Trace#types-of-other-crates), but
/// for pointers to functions.
///
/// As a bound it is for structures outside of the heap that are generic in what is inside. Functions that make roots of what
/// they are given have the bound [`AtBrand`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, Mutation, Rebrand, Root};
///
/// /// A list outside of the heap whose items are inside: `T` names them at brand `'static`.
/// struct List<T: Rebrand<Static = T>> {
///     heap: Heap,
///     items: Root<GcRefCell<Vec<T>>>,
/// }
///
/// impl<T: Rebrand<Static = T>> List<T> {
///     /// `make` gives an item at the brand of the mutation.
///     fn push(&self, make: impl for<'gc> FnOnce(&'gc Mutation<'gc>) -> T::At<'gc>) {
///         self.heap.mutate(|mc| self.items.get(mc).borrow_mut(mc).push(make(mc)));
///     }
/// }
///
/// let heap = Heap::new();
/// let items = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
/// let list: List<Gc<'static, String>> = List { heap, items };
/// list.push(|mc| Gc::new(mc, String::from("an item")));
/// ```
///
/// # Safety
///
/// `Static` and `At` are the same type with only the brand replaced: the implementing type's lifetime, and
/// in its type arguments through their own `Rebrand`. `Self`, `Static` and every `At<'a>` agree in layout.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be rooted: how its brand is replaced is not known",
    label = "`Rebrand` is not implemented for `{Self}`",
    note = "`#[derive(gc::Trace)]` implements it together with `Trace`, unless it reports an error"
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
/// # Examples
///
/// ```
/// use gc::implement::RebrandDst;
/// use gc::{Gc, Heap, Root};
///
/// /// For any root, of a trait object, too.
/// fn size_of_target<T: ?Sized + RebrandDst>(heap: &Heap, root: &Root<T>) -> usize {
///     heap.mutate(|mc| size_of_val::<T::At<'_>>(&*root.get(mc)))
/// }
///
/// let heap = Heap::new();
/// let text: Root<str> = heap.mutate(|mc| Root::new(mc, Gc::str(mc, "text")));
/// assert_eq!(size_of_target(&heap, &text), 4);
/// ```
///
/// # Safety
///
/// As for [`Rebrand`]; pointers to the three types agree in layout and in the meaning of their metadata.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be rooted: how its brand is replaced is not known",
    label = "`Rebrand` is not implemented for `{Self}`",
    note = "`#[derive(gc::Trace)]` implements it together with `Trace`, unless it reports an error; for trait objects use `gc::dyn_trace!`"
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
///
/// # Examples
///
/// ```
/// use gc::{AtBrand, Gc, Heap, Mutation, Root};
///
/// fn keep_both<'gc, A: AtBrand<'gc>, B: AtBrand<'gc>>(
///     mc: &Mutation<'gc>,
///     (a, b): (Gc<'gc, A>, Gc<'gc, B>),
/// ) -> (Root<A::Static>, Root<B::Static>) {
///     (mc.root(a), mc.root(b))
/// }
///
/// let heap = Heap::new();
/// let (number, text) = heap.mutate(|mc| keep_both(mc, (Gc::new(mc, 7), Gc::new(mc, String::from("seven")))));
/// assert_eq!(heap.collect()?.live_objects, 2);
/// # drop((number, text));
/// # Ok::<(), gc::CollectError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand at the brand of this mutation, so it cannot be rooted",
    label = "its brand is not that of the mutation"
)]
// ANCHOR: at_brand
pub trait AtBrand<'gc>: RebrandDst<At<'gc> = Self> + Trace<'gc> {}

impl<'gc, T: ?Sized + RebrandDst<At<'gc> = T> + Trace<'gc>> AtBrand<'gc> for T {}
// ANCHOR_END: at_brand
