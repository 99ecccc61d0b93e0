//! The std traits of [`GcSlice`] and [`GcStr`]: they behave as their contents do, as a [`Gc`] does.

use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

use super::{Gc, GcSlice, GcStr};

/// The traits of a pointer to `$Target`: through its reference, or, for `Debug`, which prints an object once, as a `Gc`.
macro_rules! behaves_as_its_contents {
    ($Pointer:ident $(<$T:ident>)?: $Target:ty) => {
        impl<$($T)?> Deref for $Pointer<'_ $(, $T)?> {
            type Target = $Target;

            #[inline]
            fn deref(&self) -> &$Target {
                $Pointer::as_ref(*self)
            }
        }

        impl<$($T)?> AsRef<$Target> for $Pointer<'_ $(, $T)?> {
            fn as_ref(&self) -> &$Target {
                self
            }
        }

        impl<$($T)?> Borrow<$Target> for $Pointer<'_ $(, $T)?> {
            fn borrow(&self) -> &$Target {
                self
            }
        }

        impl<'gc $(, $T)?> From<$Pointer<'gc $(, $T)?>> for Gc<'gc, $Target> {
            fn from(pointer: $Pointer<'gc $(, $T)?>) -> Self {
                $Pointer::as_gc(pointer)
            }
        }

        impl<$($T: fmt::Debug)?> fmt::Debug for $Pointer<'_ $(, $T)?> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&$Pointer::as_gc(*self), f)
            }
        }

        impl<$($T)?> fmt::Pointer for $Pointer<'_ $(, $T)?> {
            /// Prints the address of the contents.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Pointer::fmt(&Gc::as_ptr($Pointer::as_gc(*self)).cast::<u8>(), f)
            }
        }

        impl<$($T: PartialEq)?> PartialEq for $Pointer<'_ $(, $T)?> {
            fn eq(&self, other: &Self) -> bool {
                **self == **other
            }
        }
        impl<$($T: Eq)?> Eq for $Pointer<'_ $(, $T)?> {}

        impl<$($T: Ord)?> Ord for $Pointer<'_ $(, $T)?> {
            fn cmp(&self, other: &Self) -> Ordering {
                (**self).cmp(&**other)
            }
        }

        impl<$($T: Hash)?> Hash for $Pointer<'_ $(, $T)?> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                (**self).hash(state);
            }
        }
    };
}
behaves_as_its_contents!(GcSlice<T>: [T]);
behaves_as_its_contents!(GcStr: str);

impl<T: PartialOrd> PartialOrd for GcSlice<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl PartialOrd for GcStr<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for GcStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl PartialEq<str> for GcStr<'_> {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for GcStr<'_> {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}
