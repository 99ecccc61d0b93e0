//! [`RootByAddress`].

use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use super::Root;

/// A [`Root`] that is compared and hashed by which object it keeps: [`Root::ptr_eq`]. To roots what
/// [`ByAddress`](crate::ByAddress) is to pointers; it needs no mutation.
///
/// There is no order: an address of a heap that has ended may be one of another heap, and says nothing of which was
/// first.
///
/// # Examples
///
/// ```
/// use std::collections::HashSet;
/// use gc::{Gc, Heap, RootByAddress};
///
/// let roots = Heap::new().mutate(|mc| {
///     let (a, b) = (Gc::new(mc, 1), Gc::new(mc, 1));
///     [a, a, b].map(|gc| mc.root(gc))
/// });
/// let watched: HashSet<_> = roots.into_iter().map(RootByAddress).collect();
/// assert_eq!(watched.len(), 2);
/// ```
pub struct RootByAddress<T: ?Sized>(pub Root<T>);

impl<T: ?Sized> Clone for RootByAddress<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> Deref for RootByAddress<T> {
    type Target = Root<T>;
    fn deref(&self) -> &Root<T> {
        &self.0
    }
}

impl<T: ?Sized> From<Root<T>> for RootByAddress<T> {
    fn from(root: Root<T>) -> Self {
        Self(root)
    }
}

impl<T: ?Sized> PartialEq for RootByAddress<T> {
    fn eq(&self, other: &Self) -> bool {
        Root::ptr_eq(&self.0, &other.0)
    }
}
impl<T: ?Sized> Eq for RootByAddress<T> {}

impl<T: ?Sized> Hash for RootByAddress<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.address().hash(state);
    }
}

impl<T: ?Sized> fmt::Debug for RootByAddress<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootByAddress({:?})", self.0)
    }
}
