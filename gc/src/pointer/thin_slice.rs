//! [`GcSlice`]: a pointer to a slice whose length is in its slot.
//!
//! It points to the start of the slot:
//!
//! ```text
//! len    usize, written once
//! items  at `length_bytes`: the first address behind the length that is aligned for them
//! ```
//!
//! Where the collector has to know the length, slices are made so anyway, and what differs is the pointer only. Slices of
//! leaves have no length else, so it is no property of a slot, or of a class, that one is there: it follows from the type
//! of this pointer, and only who makes such a slice makes such a pointer.
//!
//! # Invariants
//!
//! 1. A `GcSlice<'gc, T>` points to the length of a slice, in a slot of the heap of brand `'gc`, which the elements follow.
//!    They live as long as the mutation.
//! 2. A `GcSlice<'gc, T>` that exists has a `T` that is `Trace<'gc>`, or was coerced from one by subtyping, as with
//!    [`Gc`]: all ways to make one demand it.

use core::marker::PhantomData;
use core::ptr::NonNull;

use super::Gc;
use super::gc::out_of_memory;
use super::gc_slice::{filled_with, filled_with_clones};
use crate::alloc::NewSlice;
use crate::error::{AllocError, Refused};
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask, SliceForm, length_bytes};
use crate::trace::{Rebrand, Trace, Tracer};

/// A pointer of one word to a slice in the heap of brand `'gc`. The length is in the object.
///
/// A [`Gc<[T]>`](Gc) is two words, address and length. This one fits a [`GcCell`](crate::GcCell), an enum with
/// `#[derive(Word)]`, and half the room in a table. In return the length is read from memory where it is needed, and what is
/// pointed to is always a whole slice. Slices of numbers and other types that hold no `Gc` take a word more of memory than
/// those behind a `Gc<[T]>`, which need no length in the object; all others have one anyway.
///
/// It dereferences to `[T]` and behaves as its contents do, as `Gc` does. [`as_gc`](Self::as_gc) makes a `Gc<[T]>` of it, for
/// free. There is no way back: a `Gc<[T]>` may lead to any part of any object, where no length lies in front.
///
/// To keep a slice from outside of the heap make a root of [`as_gc`](Self::as_gc); or, to get this pointer back, of an
/// object that holds it.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcCell, GcSlice, Heap, Root, Trace};
///
/// #[derive(Trace)]
/// struct Function<'gc> {
///     code: GcCell<GcSlice<'gc, u32>>,
/// }
///
/// let heap = Heap::new();
/// let function: Root<Function<'static>> = heap.mutate(|mc| {
///     let code = GcCell::new(GcSlice::from_slice(mc, &[1, 2, 3]));
///     mc.root(Gc::new(mc, Function { code }))
/// });
/// assert_eq!(heap.collect()?.live_objects, 2);
/// heap.mutate(|mc| {
///     let function = function.get(mc);
///     assert_eq!(*function.code.get(), [1, 2, 3]);
///     function.code.set(mc, GcSlice::from_iter(mc, 0..100));
///     assert_eq!(function.code.get().len(), 100);
/// });
/// # Ok::<(), gc::CollectError>(())
/// ```
pub struct GcSlice<'gc, T> {
    length: NonNull<usize>,
    slice: PhantomData<Gc<'gc, [T]>>,
}

impl<'gc, T: Trace<'gc>> GcSlice<'gc, T> {
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
    /// use gc::{GcSlice, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let squares = GcSlice::from_iter(mc, (0..5).map(|n| n * n));
    ///     assert_eq!(*squares, [0, 1, 4, 9, 16]);
    /// });
    /// ```
    #[track_caller]
    pub fn from_iter(mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) -> Self {
        match Self::try_from_iter(mc, items) {
            Ok(slice) => slice,
            Err(error) => out_of_memory("GcSlice::from_iter", &error),
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
    /// use gc::{GcSlice, Heap};
    ///
    /// Heap::builder().limit_bytes(1 << 20).build().mutate(|mc| {
    ///     assert!(GcSlice::try_from_iter(mc, 0..100_u64).is_ok());
    ///     assert!(GcSlice::try_from_iter(mc, 0_u64..).unwrap_err().is_limit());
    /// });
    /// ```
    pub fn try_from_iter(mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) -> Result<Self, AllocError> {
        Self::finish(mc, filled_with(mc, items, SliceForm::with_length::<T>()))
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
    /// use gc::{GcSlice, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = GcSlice::from_slice(mc, &[String::from("a"), String::from("b")]);
    ///     assert_eq!(names.concat(), "ab");
    /// });
    /// ```
    #[track_caller]
    pub fn from_slice(mc: &Mutation<'gc>, items: &[T]) -> Self
    where
        T: Clone,
    {
        match Self::try_from_slice(mc, items) {
            Ok(slice) => slice,
            Err(error) => out_of_memory("GcSlice::from_slice", &error),
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
    /// use gc::{GcSlice, Heap};
    ///
    /// Heap::builder().limit_bytes(1 << 20).build().mutate(|mc| {
    ///     assert!(GcSlice::try_from_slice(mc, &[0_u8; 2 << 20]).unwrap_err().is_limit());
    /// });
    /// ```
    pub fn try_from_slice(mc: &Mutation<'gc>, items: &[T]) -> Result<Self, AllocError>
    where
        T: Clone,
    {
        Self::finish(mc, filled_with_clones(mc, items, SliceForm::with_length::<T>()))
    }

    fn finish(mc: &Mutation<'gc>, slice: Result<NewSlice<'_, 'gc, T>, Refused>) -> Result<Self, AllocError> {
        match slice {
            Ok(slice) => Ok(Self { length: slice.finish_with_length(), slice: PhantomData }),
            Err(refused) => Err(mc.failed(refused)),
        }
    }
}

impl<'gc, T> GcSlice<'gc, T> {
    /// The same slice behind a pointer that carries its length.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcSlice, Heap, Root};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let primes = GcSlice::from_slice(mc, &[2, 3, 5, 7]);
    ///     let odd = Gc::project(GcSlice::as_gc(primes), |primes| &primes[1..]);
    ///     assert_eq!(*odd, [3, 5, 7]);
    ///     let _kept: Root<[i32]> = mc.root(GcSlice::as_gc(primes));
    /// });
    /// ```
    #[inline]
    pub fn as_gc(this: Self) -> Gc<'gc, [T]> {
        // SAFETY: invariant 1; the length was written before the pointer was made, and never again.
        let len = unsafe { this.length.read() };
        // SAFETY: invariant 1: the elements lie in the same slot.
        let first = unsafe { this.length.byte_add(length_bytes::<T>()) };
        // SAFETY: invariants 1 and 2: valid elements, in an object of this heap, whose type is `Trace`.
        unsafe { Gc::from_non_null(NonNull::slice_from_raw_parts(first.cast(), len)) }
    }

    /// The elements, for as long as the mutation lasts: longer than `&*slice` of a pointer on the stack.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcSlice, Heap};
    ///
    /// fn first<'gc>(all: GcSlice<'gc, u64>) -> Option<&'gc u64> {
    ///     GcSlice::as_ref(all).first() // `all.first()` would borrow the pointer on the stack
    /// }
    ///
    /// Heap::new().mutate(|mc| assert_eq!(first(GcSlice::from_slice(mc, &[7, 8])), Some(&7)));
    /// ```
    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "AsRef is implemented too; this one has the long lifetime"
    )]
    pub fn as_ref(this: Self) -> &'gc [T] {
        Gc::as_ref(Self::as_gc(this))
    }

    /// Whether both point to the same slice.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcSlice, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let [a, b] = [(); 2].map(|()| GcSlice::from_slice(mc, &[1, 2]));
    ///     assert!(a == b && !GcSlice::ptr_eq(a, b) && GcSlice::ptr_eq(a, a));
    /// });
    /// ```
    pub fn ptr_eq(this: Self, other: Self) -> bool {
        this.length == other.length
    }

    /// # Safety
    ///
    /// The pointer is of a `GcSlice` of this type.
    #[inline]
    pub(crate) unsafe fn from_non_null(length: NonNull<usize>) -> Self {
        Self { length, slice: PhantomData }
    }

    #[inline]
    pub(crate) fn as_non_null(this: Self) -> NonNull<usize> {
        this.length
    }
}

impl<T> Clone for GcSlice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for GcSlice<'_, T> {}

// SAFETY: shared access to elements, whose type is `Send + Sync` (invariant 2), and to a length that does not change.
unsafe impl<T> Send for GcSlice<'_, T> {}
// SAFETY: as above.
unsafe impl<T> Sync for GcSlice<'_, T> {}

// SAFETY: duty 1, 2: one edge, never null, in the only word, to an object that reports the elements itself. That these
// are `Trace<'gc>` keeps out pointers to values that stand at another brand. Duty 4: `NonNull` is all that there is.
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for GcSlice<'gc, T> {
    const MASK: Mask = Mask::WORD;
    const TAIL: bool = false;
    const LEAF: bool = false;
    const POINTER: bool = true;

    fn trace(&self, tracer: &mut Tracer) {
        tracer.edge(self.length.as_ptr().cast_const().cast());
    }

    fn trace_tail(&self, _: &mut Tracer) {}

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: Rebrand> Rebrand for GcSlice<'_, T> {
    type Static = GcSlice<'static, T::Static>;
    type At<'a> = GcSlice<'a, T::At<'a>>;
}
