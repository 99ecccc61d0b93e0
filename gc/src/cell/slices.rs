//! Arrays that change: [`GcRefCell`] and [`GcRwLock`] of a slice, made as one object.
//!
//! An array whose length the type says becomes one by unsizing. Here are those of any length: an object with the front of
//! the cell in it, and the elements behind.

use core::ptr::NonNull;

use super::gc_ref_cell::GcRefCell;
use super::gc_rw_lock::GcRwLock;
use crate::alloc::NewSlice;
use crate::error::{AllocError, Refused};
use crate::mutator::Mutation;
use crate::object::{SliceCell, SliceForm};
use crate::pointer::{Gc, filled_by, filled_with, out_of_memory};
use crate::trace::Trace;

/// The cell whose elements are written.
fn finish<'gc, C: ?Sized + SliceCell<'gc>>(
    mc: &Mutation<'gc>,
    slice: Result<NewSlice<'_, 'gc, C::Item>, Refused>,
) -> Result<Gc<'gc, C>, AllocError> {
    let items = slice.map_err(|refused| mc.failed(refused))?.finish();
    // SAFETY: of the form of this cell, which has its front in the same slot.
    let at = unsafe { items.cast::<u8>().sub(C::FRONT_BYTES) };
    let cell = C::whole(at.as_ptr(), items.len());
    // SAFETY: in a new object, of which nobody knows.
    unsafe { C::write_front(cell) };
    // SAFETY: an address in a slot.
    let cell = unsafe { NonNull::new_unchecked(cell) };
    // SAFETY: a new object of this heap, written.
    Ok(unsafe { Gc::from_non_null(cell) })
}

macro_rules! arrays {
    ($($Cell:ident: $read:ident, $write:ident;)*) => {$(
        impl<'gc, T: Trace<'gc>> $Cell<[T]> {
            /// Makes an array of the iterator's items that can be changed: an object of its own, of any length.
            ///
            #[doc = concat!("An array whose length its type says can be used as one, too: `Gc::unsize::<", stringify!($Cell),
                "<[u64]>>(array, |array| array)`.")]
            ///
            /// If the iterator panics nothing is made and the items so far are dropped.
            ///
            /// # Panics
            ///
            /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use gc::{Gc, ", stringify!($Cell), ", Heap};")]
            ///
            /// Heap::new().mutate(|mc| {
            #[doc = concat!("    let table: Gc<'_, ", stringify!($Cell), "<[u64]>> = ", stringify!($Cell),
                "::from_iter(mc, 1..=4);")]
            #[doc = concat!("    table.", stringify!($write), "(mc)[1] = 20;")]
            #[doc = concat!("    assert_eq!(*table.", stringify!($read), "(mc), [1, 20, 3, 4]);")]
            /// });
            /// ```
            #[track_caller]
            pub fn from_iter(mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) -> Gc<'gc, Self> {
                match Self::try_from_iter(mc, items) {
                    Ok(cell) => cell,
                    Err(error) => out_of_memory(concat!(stringify!($Cell), "::from_iter"), &error),
                }
            }

            /// Makes an array of the iterator's items that can be changed, if there is room.
            ///
            /// # Errors
            ///
            /// The heap's limit is reached or the system gives no memory; the items are dropped. An iterator that gives more
            /// items than could fit is not asked for the rest.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use gc::{", stringify!($Cell), ", Heap};")]
            ///
            /// Heap::builder().limit_bytes(1 << 20).build().mutate(|mc| {
            #[doc = concat!("    assert!(", stringify!($Cell), "::try_from_iter(mc, 0..100_u64).is_ok());")]
            #[doc = concat!("    assert!(", stringify!($Cell), "::try_from_iter(mc, 0_u64..).unwrap_err().is_limit());")]
            /// });
            /// ```
            pub fn try_from_iter(
                mc: &Mutation<'gc>,
                items: impl IntoIterator<Item = T>,
            ) -> Result<Gc<'gc, Self>, AllocError> {
                finish(mc, filled_with(mc, items, SliceForm::in_cell::<Self>()))
            }

            /// Makes an array that can be changed of what `make` makes for each index.
            ///
            /// If it panics nothing is made and the elements so far are dropped.
            ///
            /// # Panics
            ///
            /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use gc::{Gc, ", stringify!($Cell), ", Heap};")]
            ///
            /// Heap::new().mutate(|mc| {
            #[doc = concat!("    let slots = ", stringify!($Cell), "::from_fn(mc, 3, |_| None);")]
            #[doc = concat!("    slots.", stringify!($write), "(mc)[2] = Some(Gc::new(mc, String::from(\"last\")));")]
            #[doc = concat!("    assert!(slots.", stringify!($read), "(mc)[0].is_none());")]
            /// });
            /// ```
            #[track_caller]
            pub fn from_fn(mc: &Mutation<'gc>, len: usize, make: impl FnMut(usize) -> T) -> Gc<'gc, Self> {
                match Self::try_from_fn(mc, len, make) {
                    Ok(cell) => cell,
                    Err(error) => out_of_memory(concat!(stringify!($Cell), "::from_fn"), &error),
                }
            }

            /// Makes an array that can be changed of what `make` makes for each index, if there is room.
            ///
            /// # Errors
            ///
            /// The heap's limit is reached or the system gives no memory; `make` was not called.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use gc::{", stringify!($Cell), ", Heap};")]
            ///
            /// Heap::builder().limit_bytes(1 << 20).build().mutate(|mc| {
            #[doc = concat!("    assert!(", stringify!($Cell), "::try_from_fn(mc, 100, |n| n * n).is_ok());")]
            #[doc = concat!("    assert!(", stringify!($Cell), "::try_from_fn(mc, 1 << 20, |n| n).unwrap_err().is_limit());")]
            /// });
            /// ```
            pub fn try_from_fn(
                mc: &Mutation<'gc>,
                len: usize,
                make: impl FnMut(usize) -> T,
            ) -> Result<Gc<'gc, Self>, AllocError> {
                finish(mc, filled_by(mc, len, make, SliceForm::in_cell::<Self>()))
            }
        }
    )*};
}
arrays! {
    GcRefCell: borrow, borrow_mut;
    GcRwLock: read, write;
}
