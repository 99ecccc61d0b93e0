//! Borrowing a cell through the [`Gc`] that points to it.
//!
//! The same operations as those of the cells, which these hide: a method of the cell borrows the pointer, and so its
//! guard would not outlive a `Gc` on the stack, or in the middle of an expression. These take the pointer by value.
//!
//! A guard lasts as long as the reference to the mutation and not always as long as the brand: a thread that has
//! entered by a [`Seed`](crate::Seed) leaves before the brand ends.

use super::borrow_error::BorrowError;
use super::gc_ref_cell::GcRefCell;
use super::gc_rw_lock::GcRwLock;
use super::lock_guards::{ReadGuard, WriteGuard};
use super::ref_guards::{Ref, RefMut};
use crate::mutator::Mutation;
use crate::pointer::Gc;
use crate::trace::Trace;

/// Borrows of a cell that do not borrow the pointer: they may outlive it, and last as long as the mutation.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, Mutation, Ref, Root};
///
/// type Names = GcRefCell<Vec<String>>;
///
/// fn first<'a>(mc: &'a Mutation<'_>, root: &Root<Names>) -> Ref<'a, str> {
///     let names = root.get(mc);
///     Ref::map(names.borrow(mc), |names| names[0].as_str())
/// }
///
/// let heap = Heap::new();
/// let root = heap.mutate(|mc| mc.root(Gc::new(mc, Names::default())));
/// heap.mutate(|mc| {
///     let mut names = root.get(mc).borrow_mut(mc);
///     names.push("Ada".into());
///     drop(names);
///     assert_eq!(&*first(mc, &root), "Ada");
/// });
/// ```
impl<'gc, T: ?Sized> Gc<'gc, GcRefCell<T>> {
    /// Borrows the contents: [`GcRefCell::borrow`].
    ///
    /// # Panics
    ///
    /// Where [`try_borrow`](Self::try_borrow) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<GcRefCell<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(1))));
    /// heap.mutate(|mc| {
    ///     let guard = root.get(mc).borrow(mc); // lasts longer than the pointer
    ///     assert_eq!(*guard, 1);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn borrow<'a, 'm>(self, mc: &'a Mutation<'m>) -> Ref<'a, T>
    where
        'gc: 'a,
        T: Trace<'m>,
    {
        Gc::as_ref(self).borrow(mc)
    }

    /// Borrows the contents exclusively: [`GcRefCell::borrow_mut`].
    ///
    /// # Panics
    ///
    /// Where [`try_borrow_mut`](Self::try_borrow_mut) gives an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<GcRefCell<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(1))));
    /// heap.mutate(|mc| {
    ///     let guard = root.get(mc).borrow_mut(mc); // lasts longer than the pointer
    ///     assert_eq!(*guard, 1);
    /// });
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn borrow_mut<'a, 'm>(self, mc: &'a Mutation<'m>) -> RefMut<'a, T>
    where
        'gc: 'a,
        T: Trace<'m>,
    {
        Gc::as_ref(self).borrow_mut(mc)
    }

    /// Borrows the contents: [`GcRefCell::try_borrow`].
    ///
    /// # Errors
    ///
    /// The cell is borrowed exclusively, or as often as can be counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<GcRefCell<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(1))));
    /// heap.mutate(|mc| {
    ///     let guard = root.get(mc).try_borrow(mc).unwrap(); // lasts longer than the pointer
    ///     assert_eq!(*guard, 1);
    /// });
    /// ```
    #[inline]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn try_borrow<'a, 'm>(self, mc: &'a Mutation<'m>) -> Result<Ref<'a, T>, BorrowError>
    where
        'gc: 'a,
        T: Trace<'m>,
    {
        Gc::as_ref(self).try_borrow(mc)
    }

    /// Borrows the contents exclusively: [`GcRefCell::try_borrow_mut`].
    ///
    /// # Errors
    ///
    /// The cell is borrowed.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<GcRefCell<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(1))));
    /// heap.mutate(|mc| {
    ///     let guard = root.get(mc).try_borrow_mut(mc).unwrap(); // lasts longer than the pointer
    ///     assert_eq!(*guard, 1);
    /// });
    /// ```
    #[inline(always)]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn try_borrow_mut<'a, 'm>(self, mc: &'a Mutation<'m>) -> Result<RefMut<'a, T>, BorrowError>
    where
        'gc: 'a,
        T: Trace<'m>,
    {
        Gc::as_ref(self).try_borrow_mut(mc)
    }
}

/// Guards of a lock that do not borrow the pointer: they may outlive it, and last as long as the mutation.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRwLock, Heap, Root};
///
/// let heap = Heap::new();
/// let total: Root<GcRwLock<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRwLock::new(1))));
/// heap.mutate(|mc| {
///     let mut total = total.get(mc).write(mc);
///     *total += 1;
///     assert_eq!(*total, 2);
/// });
/// ```
impl<'gc, T: ?Sized> Gc<'gc, GcRwLock<T>> {
    /// Locks for reading: [`GcRwLock::read`].
    ///
    /// # Panics
    ///
    /// This thread holds the lock for writing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<GcRwLock<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRwLock::new(1))));
    /// heap.mutate(|mc| {
    ///     let guard = root.get(mc).read(mc); // lasts longer than the pointer
    ///     assert_eq!(*guard, 1);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn read<'a, 'm>(self, mc: &'a Mutation<'m>) -> ReadGuard<'a, T>
    where
        'gc: 'a,
        T: Trace<'m>,
    {
        Gc::as_ref(self).read(mc)
    }

    /// Locks for writing: [`GcRwLock::write`].
    ///
    /// # Panics
    ///
    /// This thread holds the lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<GcRwLock<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRwLock::new(1))));
    /// heap.mutate(|mc| {
    ///     let guard = root.get(mc).write(mc); // lasts longer than the pointer
    ///     assert_eq!(*guard, 1);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn write<'a, 'm>(self, mc: &'a Mutation<'m>) -> WriteGuard<'a, T>
    where
        'gc: 'a,
        T: Trace<'m>,
    {
        Gc::as_ref(self).write(mc)
    }

    /// Locks for reading if that needs no waiting: [`GcRwLock::try_read`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<GcRwLock<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRwLock::new(1))));
    /// heap.mutate(|mc| {
    ///     let guard = root.get(mc).try_read(mc).unwrap(); // lasts longer than the pointer
    ///     assert_eq!(*guard, 1);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn try_read<'a, 'm>(self, mc: &'a Mutation<'m>) -> Option<ReadGuard<'a, T>>
    where
        'gc: 'a,
        T: Trace<'m>,
    {
        Gc::as_ref(self).try_read(mc)
    }

    /// Locks for writing if that needs no waiting: [`GcRwLock::try_write`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<GcRwLock<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRwLock::new(1))));
    /// heap.mutate(|mc| {
    ///     let guard = root.get(mc).try_write(mc).unwrap(); // lasts longer than the pointer
    ///     assert_eq!(*guard, 1);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn try_write<'a, 'm>(self, mc: &'a Mutation<'m>) -> Option<WriteGuard<'a, T>>
    where
        'gc: 'a,
        T: Trace<'m>,
    {
        Gc::as_ref(self).try_write(mc)
    }
}
