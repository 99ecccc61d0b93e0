//! [`Static`].

use core::fmt;
use core::ops::{Deref, DerefMut};

use super::{Rebrand, Trace, Tracer};
use crate::object::{DropKind, DropWalk, Mask};

/// A value of a type that the collector does not know, and that holds no [`Gc`](crate::Gc).
///
/// Makes a foreign type fit for the heap, alone or as a type argument. For a field of a type of yours
/// `#[trace(static)]` does the same without a wrapper, and a type without lifetime and type parameters needs
/// neither. The value must be `Send + Sync + 'static`: no `Gc` of a running mutation is `'static`, so none
/// can be inside.
///
/// # Examples
///
/// A file handle is not known to the collector, yet may be stored in the heap, here as the value of a map:
///
/// ```
/// use std::collections::HashMap;
/// use std::fs::File;
///
/// use gc::{Static, Trace};
///
/// fn storable<'gc, T: Trace<'gc>>() {}
///
/// storable::<HashMap<String, Static<File>>>();
/// ```
///
/// It is used like the value itself:
///
/// ```
/// use gc::Static;
///
/// let mut command = Static(std::process::Command::new("ls"));
/// command.arg("--all");
/// assert_eq!(command.get_args().count(), 1);
/// let plain: std::process::Command = command.0;
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Static<T>(pub T);

// SAFETY: duties 1, 2 and 3: a `'static` value holds no edge. Duty 5: what its drop runs is unknown, so it
// counts as code of the program if there is any.
unsafe impl<T: Send + Sync + 'static> Trace<'_> for Static<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;
    fn trace(&self, _: &mut Tracer) {}
    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::unknown::<T>()
    }
}

// SAFETY: a `'static` value has no brand.
unsafe impl<T: Send + Sync + 'static> Rebrand for Static<T> {
    type Static = Self;
    type At<'a> = Self;
}

impl<T> Deref for Static<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Static<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Static<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: fmt::Debug> fmt::Debug for Static<T> {
    /// Prints the value, without the wrapper.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Static<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
