//! [`Internable`]: what an interner makes an object of when it is shown a value.

use core::hash::Hash;

use crate::mutator::Mutation;
use crate::pointer::Gc;
use crate::trace::Trace;

/// A value that an [`Interner`](crate::Interner) is shown, and clones only if it makes a new object of it.
///
/// As `ToOwned` of std, with an object of the heap in the place of an owned value: text, slices of what is `Clone`, and
/// whatever is `Clone` itself. There is hardly ever a reason to implement it by hand.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Internable, Interner, Mutation};
///
/// fn both<'gc, T: Internable<'gc> + ?Sized>(
///     mc: &Mutation<'gc>,
///     known: &Interner<'gc, T>,
///     values: [&T; 2],
/// ) -> [Gc<'gc, T>; 2] {
///     values.map(|value| known.intern(mc, value))
/// }
///
/// gc::Heap::new().mutate(|mc| {
///     let [one, other] = both(mc, &Interner::new(), ["word", "word"]);
///     assert!(Gc::ptr_eq(one, other));
/// });
/// ```
#[diagnostic::on_unimplemented(
    message = "`Interner::intern` makes no object of `{Self}`",
    label = "not `Internable`: that is `str`, a slice of what is `Clone`, and what is `Trace + Clone + Hash + Eq`",
    note = "derive `Clone`, `PartialEq`, `Eq` and `Hash` if the type is yours",
    note = "if it cannot be cloned call `intern_owned`, which moves it, or `intern_with`, which asks for an object"
)]
pub trait Internable<'gc>: Trace<'gc> + Hash + Eq {
    /// An object with an equal value.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`](crate::AllocError).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Heap, Internable};
    ///
    /// Heap::new().mutate(|mc| assert_eq!(*"word".to_object(mc), *"word"));
    /// ```
    fn to_object(&self, mc: &Mutation<'gc>) -> Gc<'gc, Self>;
}

impl<'gc, T: Trace<'gc> + Clone + Hash + Eq> Internable<'gc> for T {
    #[track_caller]
    fn to_object(&self, mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        Gc::new(mc, self.clone())
    }
}

impl<'gc> Internable<'gc> for str {
    #[track_caller]
    fn to_object(&self, mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        Gc::str(mc, self)
    }
}

impl<'gc, T: Trace<'gc> + Clone + Hash + Eq> Internable<'gc> for [T] {
    #[track_caller]
    fn to_object(&self, mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        Gc::from_slice(mc, self)
    }
}
