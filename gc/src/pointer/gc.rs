//! [`Gc`].

use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, RebrandDst, Trace, Tracer};

/// A pointer to an object.
pub struct Gc<'gc, T: ?Sized + 'gc> {
    ptr: NonNull<T>,
    /// Invariant in the brand.
    brand: PhantomData<fn(&'gc ()) -> &'gc ()>,
}

impl<T: ?Sized> Clone for Gc<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for Gc<'_, T> {}

// SAFETY: a `Gc` gives shared access only.
unsafe impl<T: ?Sized + Send + Sync> Send for Gc<'_, T> {}
// SAFETY: a `Gc` gives shared access only.
unsafe impl<T: ?Sized + Send + Sync> Sync for Gc<'_, T> {}

// SAFETY: one edge in the first word.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for Gc<'gc, T> {
    const MASK: Mask = Mask::WORD;
    const TAIL: bool = false;
    const LEAF: bool = false;
    const POINTER: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        tracer.edge(self.ptr.as_ptr().cast_const().cast());
    }
    fn trace_tail(&self, _: &mut Tracer) {}
    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: ?Sized + RebrandDst> Rebrand for Gc<'_, T> {
    type Static = Gc<'static, T::Static>;
    type At<'a> = Gc<'a, T::At<'a>>;
}

impl<'gc, T: ?Sized> Gc<'gc, T> {
    /// The address of the value.
    pub fn as_ptr(this: Self) -> *const T {
        this.ptr.as_ptr()
    }
    /// # Safety
    ///
    /// x
    pub(crate) unsafe fn from_non_null(ptr: NonNull<T>) -> Self {
        Self { ptr, brand: PhantomData }
    }
}
