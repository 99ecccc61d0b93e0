//! [`GcSlice`]: a pointer of one word to a slice, whose length is in its slot: to a [`Thin`].

use core::ptr::NonNull;

use super::gc::out_of_memory;
use super::gc_slice::{filled_with, filled_with_clones};
use super::{Gc, Thin, WeakGc};
use crate::alloc::NewSlice;
use crate::error::{AllocError, Refused};
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask, SliceForm};
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
/// What it leads to is a [`Thin<[T]>`](Thin), to Rust: so [`as_thin`](Self::as_thin) makes a `Gc<Thin<[T]>>` of it, of which this
/// pointer can be had back. Roots, weak collections and all that takes a `Gc` are used by way of it.
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
    object: Gc<'gc, Thin<[T]>>,
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
            // SAFETY: a new object of this heap, whose elements follow their number; `T` is `Trace`.
            Ok(slice) => Ok(unsafe { Self::from_non_null(slice.finish_with_length().cast()) }),
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
        // SAFETY: by the provenance of a `Gc`, which is that of the slot.
        let elements = unsafe { Thin::elements(Gc::as_non_null(this.object)) };
        // SAFETY: valid elements, in the same object, whose type is `Trace` as that of the object is.
        unsafe { Gc::from_non_null(elements) }
    }

    /// The same slice behind a `Gc`, which is one word, too, as the target is [`Thin`]. [`From`] makes a `GcSlice` of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcSlice, Heap, Root, Thin};
    ///
    /// let heap = Heap::new();
    /// let primes: Root<Thin<[i32]>> =
    ///     heap.mutate(|mc| mc.root(GcSlice::as_thin(GcSlice::from_slice(mc, &[2, 3, 5, 7]))));
    /// heap.collect()?;
    /// heap.mutate(|mc| {
    ///     let primes = GcSlice::from(primes.get(mc));
    ///     assert_eq!(primes[3], 7);
    /// });
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[inline]
    pub fn as_thin(this: Self) -> Gc<'gc, Thin<[T]>> {
        this.object
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
        Gc::ptr_eq(this.object, other.object)
    }

    /// # Safety
    ///
    /// As for [`Gc::from_non_null`].
    #[inline]
    pub(crate) unsafe fn from_non_null(object: NonNull<Thin<[T]>>) -> Self {
        // SAFETY: the caller's duty.
        Self { object: unsafe { Gc::from_non_null(object) } }
    }

    #[inline]
    pub(crate) fn as_non_null(this: Self) -> NonNull<Thin<[T]>> {
        Gc::as_non_null(this.object)
    }
}

impl<'gc, T: Trace<'gc>> GcSlice<'gc, T> {
    /// A weak pointer to the slice: [`WeakGc`]. What its `upgrade` gives [`From`] makes a `GcSlice` of.
    ///
    /// It is not the one that [`Gc::downgrade`] gives for [`as_gc`](Self::as_gc), which points to the elements and is two words.
    ///
    /// Costs what `Gc::downgrade` does.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, GcSlice, Heap, Root, Thin, WeakGc};
    ///
    /// type Last<'gc> = GcCell<WeakGc<'gc, Thin<[u32]>>>;
    ///
    /// let heap = Heap::new();
    /// let last: Root<Last<'static>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcCell::new(WeakGc::dangling()))));
    /// heap.mutate(|mc| {
    ///     let code = GcSlice::from_slice(mc, &[1, 2, 3]);
    ///     last.get(mc).set(mc, GcSlice::downgrade(code, mc));
    ///     let known: GcSlice<'_, u32> = last.get(mc).get().upgrade(mc).unwrap().into();
    ///     assert!(GcSlice::ptr_eq(known, code));
    /// });
    /// heap.collect()?;
    /// heap.mutate(|mc| assert!(last.get(mc).get().upgrade(mc).is_none()));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn downgrade(this: Self, mc: &Mutation<'gc>) -> WeakGc<'gc, Thin<[T]>> {
        match Self::try_downgrade(this, mc) {
            Ok(weak) => weak,
            Err(error) => out_of_memory("GcSlice::downgrade", &error),
        }
    }

    /// A weak pointer to the slice, if there is room for its handle.
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
    /// Heap::new().mutate(|mc| {
    ///     let code = GcSlice::from_slice(mc, &[1, 2, 3]);
    ///     let weak = GcSlice::try_downgrade(code, mc)?;
    ///     assert_eq!(weak, GcSlice::downgrade(code, mc));
    ///     Ok::<(), gc::AllocError>(())
    /// }).unwrap();
    /// ```
    pub fn try_downgrade(this: Self, mc: &Mutation<'gc>) -> Result<WeakGc<'gc, Thin<[T]>>, AllocError> {
        Gc::try_downgrade(this.object, mc)
    }
}

impl<'gc, T> From<Gc<'gc, Thin<[T]>>> for GcSlice<'gc, T> {
    fn from(object: Gc<'gc, Thin<[T]>>) -> Self {
        Self { object }
    }
}

impl<T> Clone for GcSlice<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for GcSlice<'_, T> {}

// SAFETY: a `Gc` and nothing else.
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for GcSlice<'gc, T> {
    const MASK: Mask = Gc::<'gc, Thin<[T]>>::MASK;
    const TAIL: bool = false;
    const LEAF: bool = false;
    const POINTER: bool = true;

    fn trace(&self, tracer: &mut Tracer) {
        self.object.trace(tracer);
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: Rebrand> Rebrand for GcSlice<'_, T> {
    type Static = GcSlice<'static, T::Static>;
    type At<'a> = GcSlice<'a, T::At<'a>>;
}
