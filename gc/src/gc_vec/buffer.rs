//! The memory of a [`GcVec`](super::GcVec): an object of the heap that is used up to a length.
//!
//! To the collector the object is bytes, a leaf without drop glue. Which of them are values only the buffer knows. So it is
//! the buffer, wherever that lies, that reports them to the collector, and the object besides.
//!
//! # Invariants
//!
//! 1. **Contents.** With a capacity of 0, or values without a size, `first` dangles. Else it is the start of an object in the
//!    heap of brand `'gc` with room for `capacity` values. The first `len` of them are valid; `len <= capacity`.
//! 2. **One owner.** No two buffers have one object: a buffer cannot be copied, gives its address to nobody but the
//!    collector, and forgets the object that it leaves for a larger one. A `Gc` never leads into one, as
//!    [`Gc::project`](crate::Gc::project) refuses what lies in another object. So the values are shared by whoever shares the
//!    buffer, and no one else's where it is borrowed exclusively, as with `Vec`.
//! 3. **Alive.** A buffer in the heap is part of a value that is traced, as its type is no leaf; so its object and its values
//!    are marked in each cycle that marks the object that it is in. A buffer on the stack is of a mutation, in which
//!    nothing is freed.
//! 4. **Barrier.** Where a cycle marks between mutations, values change only through `&mut Buffer`: of a buffer that is in no
//!    object, or in a cell that is borrowed exclusively. That borrow has saved all that the contents reported, the
//!    object and each value, before anybody could take the buffer out or write to it (`mutator::barrier`). What was put in
//!    since was in a mutator's hands, as was the object that a buffer grew into: of the snapshot, or black.
//! 5. **No drop glue.** Values have none, which is asked when a buffer is made. So they may stay where they are: beyond
//!    `len`, in an object that was left, in one that is dead. (With drop glue it would be the buffer that drops them when
//!    its own object is dead; but theirs, of the same cycle, may have been swept before.)
//! 6. **Panics.** Code of the program runs in none of these methods, and an allocation that fails changes nothing: what
//!    unwinds through a vector leaves it as it was between two of them.
//! 7. A `Buffer<'gc, T>` that exists has a `T` that is `Trace<'gc>`, or was coerced from one by subtyping, as with
//!    [`Gc`](crate::Gc): the only way to make one demands it.

use core::marker::PhantomData;
use core::mem::needs_drop;
use core::ptr::NonNull;

use crate::error::Refused;
use crate::mutator::Mutation;
use crate::trace::{Trace, Tracer};

/// See the module.
pub(super) struct Buffer<'gc, T> {
    first: NonNull<T>,
    len: usize,
    capacity: usize,
    /// Invariant in the brand, so that brands never mix.
    brand: PhantomData<fn(&'gc ()) -> &'gc ()>,
}

impl<'gc, T: Trace<'gc>> Buffer<'gc, T> {
    /// A buffer without room.
    #[inline]
    pub(super) const fn new() -> Self {
        const {
            assert!(
                !needs_drop::<T>(),
                "a `GcVec` holds values that have nothing to drop: put a `Gc<T>` in it, or use a `Vec<T>`"
            )
        };
        let capacity = if size_of::<T>() == 0 { usize::MAX } else { 0 };
        Self { first: NonNull::dangling(), len: 0, capacity, brand: PhantomData }
    }

    /// Moves the values to an object with room for at least `n`, as many as there are or more.
    pub(super) fn move_to_room_for(&mut self, mc: &Mutation<'gc>, n: usize) -> Result<(), Refused> {
        assert!(n >= self.len, "room for {n} of {} values", self.len);
        let (first, capacity) = mc.allocate_room::<T>(n)?;
        // SAFETY: invariant 1: so many are valid. The object is new, with room for them, and so does not overlap.
        unsafe { first.copy_from_nonoverlapping(self.first, self.len) };
        (self.first, self.capacity) = (first, capacity);
        Ok(())
    }

    /// Reports the object and the values to the collector.
    #[inline]
    pub(super) fn trace(&self, tracer: &mut Tracer) {
        if let Some(object) = self.object() {
            tracer.edge(object);
        }
        tracer.slice(self.as_slice());
    }

    /// The object, if there is one.
    #[inline]
    pub(super) fn object(&self) -> Option<*const u8> {
        (size_of::<T>() != 0 && self.capacity != 0).then(|| self.first.as_ptr().cast_const().cast())
    }
}

impl<T> Buffer<'_, T> {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    #[inline]
    pub(super) fn as_slice(&self) -> &[T] {
        // SAFETY: invariants 1 to 3: valid values, shared as `self` is.
        unsafe { core::slice::from_raw_parts(self.first.as_ptr(), self.len) }
    }

    #[inline]
    pub(super) fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: invariants 1 to 4: valid values, no one else's, whose edges are saved.
        unsafe { core::slice::from_raw_parts_mut(self.first.as_ptr(), self.len) }
    }

    /// Adds a value at the end.
    ///
    /// # Panics
    ///
    /// There is no room.
    #[inline]
    pub(super) fn push(&mut self, value: T) {
        assert!(self.len < self.capacity, "a buffer of {} values is full", self.capacity);
        // SAFETY: invariant 1: in bounds of the object.
        let end = unsafe { self.first.add(self.len) };
        // SAFETY: as above, and aligned; no one else's (invariant 2).
        unsafe { end.write(value) };
        self.len += 1;
    }

    /// Takes the last value off.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: invariant 1: in bounds of the object.
        let last = unsafe { self.first.add(self.len) };
        // SAFETY: it was valid, and is not one of the values any more.
        Some(unsafe { last.read() })
    }

    /// Forgets the values from `len` on, if there are so many.
    #[inline]
    pub(super) fn truncate(&mut self, len: usize) {
        // Nothing is to be dropped: invariant 5.
        self.len = self.len.min(len);
    }
}

// SAFETY: values are shared and exclusively borrowed as the buffer is (invariant 2), and are `Send` (invariant 7).
unsafe impl<T> Send for Buffer<'_, T> {}
// SAFETY: as above, and `Sync`.
unsafe impl<T> Sync for Buffer<'_, T> {}
