//! The std traits of [`Gc`]: it behaves as its contents do.

use core::borrow::Borrow;
use core::cell::Cell;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::mem::ManuallyDrop;
use core::ops::Deref;
use std::collections::BTreeSet;

use super::Gc;

/// Nested objects that `Debug` prints before it only gives addresses.
const MAX_DEBUG_DEPTH: usize = 8;

/// What the outermost call of `Debug` on this thread has come to.
#[derive(Debug, Default)]
struct Printing {
    /// Objects that it is inside of.
    depth: usize,
    /// Places whose contents are printed: address and size, as a whole and its first part have one address.
    printed: BTreeSet<(usize, usize)>,
}

thread_local! {
    /// Empty between calls. Nothing is left to be dropped then, so there is no destructor, and the thread may print to
    /// its very end.
    static PRINTING: Cell<ManuallyDrop<Printing>> =
        const { Cell::new(ManuallyDrop::new(Printing { depth: 0, printed: BTreeSet::new() })) };
}

impl Printing {
    /// Lets `f` change where `Debug` is.
    fn update<R>(f: impl FnOnce(&mut Self) -> R) -> R {
        let mut printing = ManuallyDrop::into_inner(PRINTING.take());
        let result = f(&mut printing);
        PRINTING.set(ManuallyDrop::new(printing));
        result
    }
}

/// One level of `Debug`; ends also by a panic.
struct Level;

impl Level {
    /// Goes into the object, unless its contents are printed already or the depth is used up.
    fn enter<T: ?Sized>(gc: Gc<'_, T>) -> Option<Self> {
        let place = (Gc::as_ptr(gc).addr(), size_of_val(&*gc));
        let enters = Printing::update(|printing| {
            let enters = printing.depth < MAX_DEBUG_DEPTH && printing.printed.insert(place);
            printing.depth += usize::from(enters);
            enters
        });
        enters.then(|| Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        Printing::update(|printing| {
            printing.depth -= 1;
            if printing.depth == 0 {
                printing.printed = BTreeSet::new();
            }
        });
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Gc<'_, T> {
    /// Prints the contents, of each object once: where the outermost `Gc` that is being printed leads to an object
    /// again, or eight deep, the address only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Level::enter(*self) {
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
