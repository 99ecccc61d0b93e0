//! [`Thin`]: a slice or string with its length in front, which is what a pointer of one word leads to.
//!
//! ```text
//! len    usize, written once; here the slot begins
//! items  at `length_bytes`: the first address behind the length that is aligned for them
//! ```
//!
//! To Rust a `Thin` is its length and no more, so that a pointer to it is one word. Where the collector has to know the
//! length, slices are made so anyway, and what differs is the pointer only. Slices of leaves have no length else, so it is
//! no property of a slot, or of a class, that one is there: it follows from the type of the pointer, and only who makes such
//! a slice makes such a pointer.
//!
//! # Invariants
//!
//! 1. A `Thin<[T]>` is the length at the start of a slot of a heap, and as many elements follow it there as it says. There is
//!    no way to have one elsewhere, or to move one: it is not `Clone`, nothing gives one by value or by `&mut`, and no
//!    other place in an object is taken for one.
//! 2. The elements of a `Thin<str>` are the bytes of a string.

use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr::NonNull;

use crate::object::{DropKind, DropWalk, Mask, length_bytes};
use crate::trace::{Rebrand, Trace, Tracer};

/// A slice or string in the heap that has its length in front of it: what a [`GcSlice`](crate::GcSlice) or a
/// [`GcStr`](crate::GcStr) leads to.
///
/// These two are how a program uses it. Its own name is needed where a type says what a pointer leads to: a weak pointer to
/// a string is a `WeakGc<'gc, Thin<str>>`, a root of one a `Root<Thin<str>>`, and strings are members of a
/// `WeakSet<'gc, Thin<str>>`. All of these give a `Gc<'gc, Thin<str>>`, of which [`From`] makes a `GcStr`.
///
/// It dereferences to its contents, and compares, hashes and prints as they do. It is sized, as far as Rust is concerned, so a
/// pointer to it is one word; but nothing gives one by value. Parts are projected from what
/// [`GcSlice::as_gc`](crate::GcSlice::as_gc) gives.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcStr, Heap, Root, Thin, WeakGc};
///
/// let heap = Heap::new();
/// let name: Root<Thin<str>> = heap.mutate(|mc| mc.root(GcStr::as_thin(GcStr::new(mc, "name"))));
/// heap.collect()?;
/// heap.mutate(|mc| {
///     let name: GcStr<'_> = name.get(mc).into();
///     assert_eq!(name, "name");
///     let weak: WeakGc<'_, Thin<str>> = GcStr::downgrade(name, mc);
///     assert!(GcStr::ptr_eq(weak.upgrade(mc).unwrap().into(), name));
/// });
/// # Ok::<(), gc::CollectError>(())
/// ```
#[repr(C)]
pub struct Thin<T: ?Sized> {
    len: usize,
    contents: PhantomData<T>,
}

impl<T> Thin<[T]> {
    /// The elements, by the provenance that the pointer has.
    ///
    /// # Safety
    ///
    /// The pointer is to a `Thin` of this type, and its provenance is that of the slot.
    #[inline]
    pub(super) unsafe fn elements(this: NonNull<Self>) -> NonNull<[T]> {
        // SAFETY: the caller's duty; the length was written before there was a pointer, and never again.
        let len = unsafe { this.as_ref() }.len;
        // SAFETY: invariant 1: the elements lie in the same slot.
        let first = unsafe { this.byte_add(length_bytes::<T>()) };
        NonNull::slice_from_raw_parts(first.cast(), len)
    }
}

/// The same place with the provenance of the heap's arenas, which is exposed: that of a reference is the length's.
fn exposed<T: ?Sized>(this: &Thin<T>) -> NonNull<Thin<T>> {
    NonNull::with_exposed_provenance(NonNull::from_ref(this).addr())
}

impl<T> Deref for Thin<[T]> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: invariant 1.
        let elements = unsafe { Self::elements(exposed(self)) };
        // SAFETY: they live as long as their length, and are shared as it is.
        unsafe { elements.as_ref() }
    }
}

impl Deref for Thin<str> {
    type Target = str;

    fn deref(&self) -> &str {
        // SAFETY: invariant 1: a string is as its bytes are.
        let bytes = unsafe { Thin::<[u8]>::elements(exposed(self).cast()) };
        // SAFETY: they live as long as their length, and are shared as it is.
        let bytes = unsafe { bytes.as_ref() };
        // SAFETY: invariant 2.
        unsafe { core::str::from_utf8_unchecked(bytes) }
    }
}

impl<T: ?Sized> AsRef<T> for Thin<T>
where
    Self: Deref<Target = T>,
{
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Borrow<T> for Thin<T>
where
    Self: Deref<Target = T>,
{
    fn borrow(&self) -> &T {
        self
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Thin<T>
where
    Self: Deref<Target = T>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Thin<str> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl<T: ?Sized + PartialEq> PartialEq for Thin<T>
where
    Self: Deref<Target = T>,
{
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
impl<T: ?Sized + Eq> Eq for Thin<T> where Self: Deref<Target = T> {}

impl<T: ?Sized + PartialOrd> PartialOrd for Thin<T>
where
    Self: Deref<Target = T>,
{
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: ?Sized + Ord> Ord for Thin<T>
where
    Self: Deref<Target = T>,
{
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: ?Sized + Hash> Hash for Thin<T>
where
    Self: Deref<Target = T>,
{
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

// SAFETY: duty 1: the edges are those of the contents; whoever marks the object finds them by the class of its slot, as those
// of any slice. Duty 2: the length is a number. Duty 3: as for slices. Duty 5: the contents are not dropped with the length.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for Thin<T>
where
    Self: Deref<Target = T>,
{
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        (**self).trace(tracer);
    }

    fn trace_tail(&self, tracer: &mut Tracer) {
        (**self).trace(tracer);
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand of the elements changes.
unsafe impl<T: Rebrand> Rebrand for Thin<[T]> {
    type Static = Thin<[T::Static]>;
    type At<'a> = Thin<[T::At<'a>]>;
}

// SAFETY: the type mentions no brand.
unsafe impl Rebrand for Thin<str> {
    type Static = Self;
    type At<'a> = Self;
}
