//! [`ByAddress`].

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use super::Gc;
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, RebrandDst, Trace, Tracer};

/// A [`Gc`] that is compared and hashed by address: by which object it is, not by what the object holds.
///
/// Objects do not move, so the address is a key for as long as the object lives. It is safe on cyclic data.
///
/// # Examples
///
/// ```
/// use std::collections::HashSet;
/// use gc::{ByAddress, Gc, Heap};
///
/// Heap::new().mutate(|mc| {
///     let (a, b) = (Gc::new(mc, 1), Gc::new(mc, 1));
///     assert_eq!(a, b);
///     let seen: HashSet<_> = [a, a, b].map(ByAddress).into();
///     assert_eq!(seen.len(), 2);
/// });
/// ```
#[expect(explicit_outlives_requirements, reason = "makes `dyn Trait` default to the brand")]
pub struct ByAddress<'gc, T: ?Sized + 'gc>(pub Gc<'gc, T>);

impl<'gc, T: ?Sized> ByAddress<'gc, T> {
    /// The value, for as long as the mutation lasts: [`Gc::as_ref`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{ByAddress, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let key = ByAddress(Gc::new(mc, String::from("key")));
    ///     let text: &String = ByAddress::as_ref(key);
    ///     assert_eq!(text, "key");
    /// });
    /// ```
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "as for `Gc`, which this one dereferences to")]
    pub fn as_ref(this: Self) -> &'gc T {
        Gc::as_ref(this.0)
    }
}

impl<T: ?Sized> ByAddress<'_, T> {
    fn address(&self) -> usize {
        Gc::as_ptr(self.0).addr()
    }
}

impl<T: ?Sized> Clone for ByAddress<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for ByAddress<'_, T> {}

impl<'gc, T: ?Sized> Deref for ByAddress<'gc, T> {
    type Target = Gc<'gc, T>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'gc, T: ?Sized> From<Gc<'gc, T>> for ByAddress<'gc, T> {
    fn from(gc: Gc<'gc, T>) -> Self {
        Self(gc)
    }
}

impl<T: ?Sized> PartialEq for ByAddress<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}
impl<T: ?Sized> Eq for ByAddress<'_, T> {}

impl<T: ?Sized> PartialOrd for ByAddress<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: ?Sized> Ord for ByAddress<'_, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.address().cmp(&other.address())
    }
}

impl<T: ?Sized> Hash for ByAddress<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}

impl<T: ?Sized> fmt::Debug for ByAddress<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ByAddress({:p})", self.0)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for ByAddress<'_, T> {
    /// Prints the contents, as `Gc` does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

// SAFETY: a `Gc` and nothing else.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for ByAddress<'gc, T> {
    const MASK: Mask = Gc::<'gc, T>::MASK;
    const TAIL: bool = false;
    const LEAF: bool = false;
    const POINTER: bool = true;

    fn trace(&self, tracer: &mut Tracer) {
        self.0.trace(tracer);
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: ?Sized + RebrandDst> Rebrand for ByAddress<'_, T> {
    type Static = ByAddress<'static, T::Static>;
    type At<'a> = ByAddress<'a, T::At<'a>>;
}
