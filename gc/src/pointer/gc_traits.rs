//! The std traits of [`Gc`]: it behaves as its contents do.

use core::borrow::Borrow;
use core::cell::Cell;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use super::Gc;

/// Nested objects that `Debug` prints before it only gives addresses.
const MAX_DEBUG_DEPTH: usize = 8;

thread_local! {
    /// Addresses of the objects that `Debug` is inside of, outermost first.
    static PRINTING: Cell<([usize; MAX_DEBUG_DEPTH], usize)> = const { Cell::new(([0; MAX_DEBUG_DEPTH], 0)) };
}

/// One level of `Debug`; ends also by a panic.
struct Level;

impl Level {
    /// Goes into the object at the address, unless it is being printed or the depth is used up.
    fn enter(address: usize) -> Option<Self> {
        let (mut stack, depth) = PRINTING.get();
        if depth == MAX_DEBUG_DEPTH || stack[..depth].contains(&address) {
            return None;
        }
        stack[depth] = address;
        PRINTING.set((stack, depth + 1));
        Some(Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        let (stack, depth) = PRINTING.get();
        PRINTING.set((stack, depth - 1));
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Gc<'_, T> {
    /// Prints the contents; inside an object that is being printed already, or eight deep, the address only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Level::enter(Gc::as_ptr(*self).addr()) {
            Some(_level) => fmt::Debug::fmt(&**self, f),
            None => write!(f, "Gc({:p})", Gc::as_ptr(*self)),
        }
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for Gc<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl<T: ?Sized> fmt::Pointer for Gc<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&Gc::as_ptr(*self), f)
    }
}

impl<T: ?Sized> Deref for Gc<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        Gc::as_ref(*self)
    }
}

impl<T: ?Sized> AsRef<T> for Gc<'_, T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Borrow<T> for Gc<'_, T> {
    fn borrow(&self) -> &T {
        self
    }
}

impl<T: ?Sized + PartialEq> PartialEq for Gc<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
impl<T: ?Sized + Eq> Eq for Gc<'_, T> {}

impl PartialEq<str> for Gc<'_, str> {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Gc<'_, str> {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl<T: ?Sized + PartialOrd> PartialOrd for Gc<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: ?Sized + Ord> Ord for Gc<'_, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: ?Sized + Hash> Hash for Gc<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}
