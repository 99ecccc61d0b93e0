//! Making slices and strings: those that a fat pointer leads to, and, up to where they differ, those that a thin one does
//! (`thin_slice`).
//!
//! Items come from code of the program, an iterator or `clone`, which may panic, use the heap or never end. So they are
//! collected outside of the heap, as far as they could fit, before a slot is taken for them; or, if nothing has to be
//! done for those that were written when one fails, written to their slot one by one. Either way the object is made
//! when all its elements are there, and not before.

use core::mem::needs_drop;
use core::ptr::NonNull;

use super::Gc;
use crate::alloc::NewSlice;
use crate::error::{AllocError, Refused};
use crate::mutator::Mutation;
use crate::object::SliceForm;
use crate::trace::Trace;

impl<'gc, T: Trace<'gc>> Gc<'gc, [T]> {
    /// Makes a slice of the iterator's items. If the iterator panics nothing is made and the items so far are
    /// dropped.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let squares: Gc<'_, [u32]> = Gc::from_iter(mc, (1..=3).map(|n| n * n));
    ///     assert_eq!(*squares, [1, 4, 9]);
    /// });
    /// ```
    #[track_caller]
    pub fn from_iter(mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) -> Self {
        match Self::try_from_iter(mc, items) {
            Ok(gc) => gc,
            Err(error) => super::gc::out_of_memory("Gc::from_iter", &error),
        }
    }

    /// Makes a slice of the iterator's items if there is room.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory; the items are dropped. An iterator that gives more
    /// items than could fit is not asked for the rest.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// heap.mutate(|mc| {
    ///     assert!(Gc::try_from_iter(mc, 0..100_u64).is_ok());
    ///     assert!(Gc::try_from_iter(mc, 0_u64..).is_err()); // more than there is room for
    /// });
    /// ```
    pub fn try_from_iter(mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) -> Result<Self, AllocError> {
        Self::collected(mc, items).map_err(|refused| mc.failed(refused))
    }

    fn collected(mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) -> Result<Self, Refused> {
        let slice = filled_with(mc, items, SliceForm::plain::<T>())?;
        // SAFETY: a new object of this heap, written.
        Ok(unsafe { Self::from_non_null(slice.finish()) })
    }

    /// Makes a slice of clones. If a `clone` panics nothing is made and the clones so far are dropped.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let primes = Gc::from_slice(mc, &[2, 3, 5, 7]);
    ///     let odd = Gc::project(primes, |primes| &primes[1..]);
    ///     assert_eq!(*odd, [3, 5, 7]);
    /// });
    /// ```
    #[track_caller]
    pub fn from_slice(mc: &Mutation<'gc>, items: &[T]) -> Self
    where
        T: Clone,
    {
        match Self::try_from_slice(mc, items) {
            Ok(gc) => gc,
            Err(error) => super::gc::out_of_memory("Gc::from_slice", &error),
        }
    }

    /// Makes a slice of clones if there is room.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// heap.mutate(|mc| {
    ///     assert_eq!(*Gc::try_from_slice(mc, &[1, 2, 3]).unwrap(), [1, 2, 3]);
    ///     assert!(Gc::try_from_slice(mc, &vec![0_u8; 2 << 20]).is_err());
    /// });
    /// ```
    pub fn try_from_slice(mc: &Mutation<'gc>, items: &[T]) -> Result<Self, AllocError>
    where
        T: Clone,
    {
        match filled_with_clones(mc, items, SliceForm::plain::<T>()) {
            // SAFETY: a new object of this heap, written.
            Ok(slice) => Ok(unsafe { Self::from_non_null(slice.finish()) }),
            Err(refused) => Err(mc.failed(refused)),
        }
    }
}

/// A slice of the iterator's items, of this form, still to be finished.
pub(crate) fn filled_with<'m, 'gc, T: Trace<'gc>>(
    mc: &'m Mutation<'gc>,
    items: impl IntoIterator<Item = T>,
    form: SliceForm,
) -> Result<NewSlice<'m, 'gc, T>, Refused> {
    let mut items = items.into_iter().fuse();
    let (n, most) = items.size_hint();
    // What has drop glue is written as a whole. So is what may be more or less than its iterator says.
    if needs_drop::<T>() || most != Some(n) {
        return of_items(mc, mc.collect_items(items, form)?, form);
    }
    let Ok(mut slice) = mc.allocate_slice::<T>(n, form) else {
        // There need not be so many.
        return of_items(mc, mc.collect_items(items, form)?, form);
    };
    // No adapter, which need not be inlined.
    for _ in 0..n {
        match items.next() {
            Some(item) => slice.push(item),
            None => break,
        }
    }
    let next = items.next();
    if slice.is_full() && next.is_none() { Ok(slice) } else { refilled(mc, slice, next, items, form) }
}

/// A slice of the items of an iterator that has said something wrong of itself: those that are in a slice by now, and the
/// rest.
#[cold]
#[inline(never)]
fn refilled<'m, 'gc, T: Trace<'gc>>(
    mc: &'m Mutation<'gc>,
    slice: NewSlice<'_, 'gc, T>,
    next: Option<T>,
    rest: impl Iterator<Item = T>,
    form: SliceForm,
) -> Result<NewSlice<'m, 'gc, T>, Refused> {
    let items = slice.into_items().into_iter().chain(next).chain(rest);
    of_items(mc, mc.collect_items(items, form)?, form)
}

/// A slice of clones, of this form, still to be finished.
pub(super) fn filled_with_clones<'m, 'gc, T: Trace<'gc> + Clone>(
    mc: &'m Mutation<'gc>,
    items: &[T],
    form: SliceForm,
) -> Result<NewSlice<'m, 'gc, T>, Refused> {
    // What has drop glue is written as a whole. What has no size takes no memory elsewhere, and the standard library
    // knows how to copy any number of it at once.
    if needs_drop::<T>() || size_of::<T>() == 0 {
        let mut clones = mc.items_with_room(items.len(), form)?;
        clones.extend_from_slice(items);
        return of_items(mc, clones, form);
    }
    let mut slice = mc.allocate_slice::<T>(items.len(), form)?;
    for item in items {
        slice.push(item.clone());
    }
    Ok(slice)
}

/// A slice of what `make` makes for each index, of this form, still to be finished.
pub(crate) fn filled_by<'m, 'gc, T: Trace<'gc>>(
    mc: &'m Mutation<'gc>,
    len: usize,
    mut make: impl FnMut(usize) -> T,
    form: SliceForm,
) -> Result<NewSlice<'m, 'gc, T>, Refused> {
    // What has drop glue is written as a whole.
    if needs_drop::<T>() {
        let mut items = mc.items_with_room(len, form)?;
        items.extend((0..len).map(make));
        return of_items(mc, items, form);
    }
    let mut slice = mc.allocate_slice::<T>(len, form)?;
    for index in 0..len {
        slice.push(make(index));
    }
    Ok(slice)
}

fn of_items<'m, 'gc, T: Trace<'gc>>(
    mc: &'m Mutation<'gc>,
    items: Vec<T>,
    form: SliceForm,
) -> Result<NewSlice<'m, 'gc, T>, Refused> {
    let mut slice = mc.allocate_slice::<T>(items.len(), form)?;
    slice.take(items);
    Ok(slice)
}

impl<'gc> Gc<'gc, str> {
    /// Copies a string into the heap.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| assert_eq!(Gc::str(mc, "text").len(), 4));
    /// ```
    #[track_caller]
    pub fn str(mc: &Mutation<'gc>, text: &str) -> Self {
        match Self::try_str(mc, text) {
            Ok(gc) => gc,
            Err(error) => super::gc::out_of_memory("Gc::str", &error),
        }
    }

    /// Copies a string into the heap if there is room.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{AllocError, Gc, Heap, Mutation};
    ///
    /// fn greeting<'gc>(mc: &Mutation<'gc>, name: &str) -> Result<Gc<'gc, str>, AllocError> {
    ///     Gc::try_str(mc, &format!("Hello, {name}"))
    /// }
    ///
    /// Heap::new().mutate(|mc| assert_eq!(&*greeting(mc, "Ada").unwrap(), "Hello, Ada"));
    /// ```
    pub fn try_str(mc: &Mutation<'gc>, text: &str) -> Result<Self, AllocError> {
        let bytes = Gc::try_from_slice(mc, text.as_bytes())?;
        let ptr = core::ptr::from_ref::<[u8]>(Gc::as_ref(bytes)).cast_mut() as *mut str;
        // SAFETY: made from a reference.
        let ptr = unsafe { NonNull::new_unchecked(ptr) };
        // SAFETY: an object of this heap, whose bytes are those of a string.
        Ok(unsafe { Self::from_non_null(ptr) })
    }
}
