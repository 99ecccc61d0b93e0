//! [`GcStr`]: a pointer of one word to a string, whose length is in its slot: to a [`Thin`].

use core::ptr::NonNull;
use core::str::Utf8Error;

use super::gc::out_of_memory;
use super::{Gc, GcSlice, Thin, WeakGc};
use crate::error::AllocError;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, Trace, Tracer};

/// A pointer of one word to a string in the heap of brand `'gc`. The length is in the object.
///
/// What [`GcSlice`] is to `Gc<[T]>` this one is to `Gc<str>`: it fits a [`GcCell`](crate::GcCell), an enum with
/// `#[derive(Word)]`, and half the room in a table, and takes a word more in the object.
///
/// It dereferences to `str` and compares, hashes and prints as its text does, so a map with `GcStr` keys finds a `&str`.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcCell, GcStr, Heap, Trace, Word};
///
/// #[derive(Clone, Copy, Trace, Word)]
/// enum Value<'gc> {
///     Nil,
///     Number(i32),
///     Text(GcStr<'gc>),
/// }
///
/// Heap::new().mutate(|mc| {
///     let variable = Gc::new(mc, GcCell::new(Value::Nil));
///     variable.set(mc, Value::Number(1));
///     variable.set(mc, Value::Text(GcStr::new(mc, "one")));
///     assert!(matches!(variable.get(), Value::Text(text) if text == "one"));
/// });
/// ```
pub struct GcStr<'gc> {
    /// What is UTF-8.
    bytes: GcSlice<'gc, u8>,
}

impl<'gc> GcStr<'gc> {
    /// Copies a string into the heap.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcStr, Heap};
    ///
    /// Heap::new().mutate(|mc| assert_eq!(GcStr::new(mc, "text").len(), 4));
    /// ```
    #[track_caller]
    pub fn new(mc: &Mutation<'gc>, text: &str) -> Self {
        match Self::try_new(mc, text) {
            Ok(text) => text,
            Err(error) => out_of_memory("GcStr::new", &error),
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
    /// use gc::{GcStr, Heap};
    ///
    /// Heap::builder().limit_bytes(1 << 20).build().mutate(|mc| {
    ///     assert_eq!(GcStr::try_new(mc, "text")?, "text");
    ///     assert!(GcStr::try_new(mc, &"long".repeat(1 << 20)).unwrap_err().is_limit());
    ///     Ok::<(), gc::AllocError>(())
    /// }).unwrap();
    /// ```
    pub fn try_new(mc: &Mutation<'gc>, text: &str) -> Result<Self, AllocError> {
        Ok(Self { bytes: GcSlice::try_from_slice(mc, text.as_bytes())? })
    }

    /// Bytes in the heap as the string that they are. They are checked, not copied.
    ///
    /// # Errors
    ///
    /// They are not UTF-8.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcSlice, GcStr, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let bytes = GcSlice::from_iter(mc, b'a'..=b'e');
    ///     let text = GcStr::from_utf8(bytes).unwrap();
    ///     assert_eq!(text, "abcde");
    ///     assert!(GcSlice::ptr_eq(GcStr::into_bytes(text), bytes));
    ///     assert!(GcStr::from_utf8(GcSlice::from_slice(mc, &[0xFF])).is_err());
    /// });
    /// ```
    pub fn from_utf8(bytes: GcSlice<'gc, u8>) -> Result<Self, Utf8Error> {
        core::str::from_utf8(&bytes)?;
        Ok(Self { bytes })
    }

    /// The bytes of the string, which are not copied.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcStr, Heap};
    ///
    /// Heap::new().mutate(|mc| assert_eq!(*GcStr::into_bytes(GcStr::new(mc, "ab")), *b"ab"));
    /// ```
    pub fn into_bytes(this: Self) -> GcSlice<'gc, u8> {
        this.bytes
    }

    /// The text, for as long as the mutation lasts: longer than `&*text` of a pointer on the stack.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcStr, Heap};
    ///
    /// fn first_word<'gc>(text: GcStr<'gc>) -> &'gc str {
    ///     GcStr::as_ref(text).split(' ').next().unwrap_or_default()
    /// }
    ///
    /// Heap::new().mutate(|mc| assert_eq!(first_word(GcStr::new(mc, "two words")), "two"));
    /// ```
    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "AsRef is implemented too; this one has the long lifetime"
    )]
    pub fn as_ref(this: Self) -> &'gc str {
        // SAFETY: UTF-8, as is the string that they were copied from, or checked.
        unsafe { core::str::from_utf8_unchecked(GcSlice::as_ref(this.bytes)) }
    }

    /// A weak pointer to the string: [`WeakGc`]. What its `upgrade` gives [`From`] makes a `GcStr` of.
    ///
    /// Costs what [`Gc::downgrade`] does.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcStr, Heap, Thin, WeakGc, WeakRoot};
    ///
    /// let heap = Heap::new();
    /// let weak: WeakRoot<Thin<str>> = heap.mutate(|mc| {
    ///     let text = GcStr::new(mc, "not kept");
    ///     let weak: WeakGc<'_, Thin<str>> = GcStr::downgrade(text, mc);
    ///     assert!(GcStr::ptr_eq(weak.upgrade(mc).map(GcStr::from).unwrap(), text));
    ///     mc.weak_root(weak)
    /// });
    /// heap.collect()?;
    /// heap.mutate(|mc| assert!(weak.get(mc).is_none()));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn downgrade(this: Self, mc: &Mutation<'gc>) -> WeakGc<'gc, Thin<str>> {
        match Self::try_downgrade(this, mc) {
            Ok(weak) => weak,
            Err(error) => out_of_memory("GcStr::downgrade", &error),
        }
    }

    /// A weak pointer to the string, if there is room for its handle.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcStr, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let text = GcStr::new(mc, "text");
    ///     let weak = GcStr::try_downgrade(text, mc)?;
    ///     assert_eq!(weak, GcStr::downgrade(text, mc));
    ///     Ok::<(), gc::AllocError>(())
    /// }).unwrap();
    /// ```
    pub fn try_downgrade(this: Self, mc: &Mutation<'gc>) -> Result<WeakGc<'gc, Thin<str>>, AllocError> {
        Gc::try_downgrade(Self::as_thin(this), mc)
    }

    /// The same string behind a `Gc`, which is one word, too, as the target is [`Thin`]. [`From`] makes a `GcStr` of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcStr, Heap, Thin, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut seen, name) = (WeakSet::<Thin<str>>::new(), GcStr::new(mc, "name"));
    ///     assert!(seen.insert(mc, GcStr::as_thin(name)));
    ///     assert!(seen.contains(GcStr::as_thin(name)));
    ///     assert_eq!(seen.iter(mc).map(GcStr::from).next(), Some(name));
    /// });
    /// ```
    #[inline]
    pub fn as_thin(this: Self) -> Gc<'gc, Thin<str>> {
        // SAFETY: an object of this heap, whose bytes are those of a string.
        unsafe { Gc::from_non_null(Self::as_non_null(this)) }
    }

    /// The same string behind a pointer that carries its length. There is no way back, as for a [`GcSlice`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcStr, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let text: Root<str> = heap.mutate(|mc| mc.root(GcStr::as_gc(GcStr::new(mc, "kept"))));
    /// heap.collect()?;
    /// heap.mutate(|mc| assert_eq!(text.get(mc), "kept"));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn as_gc(this: Self) -> Gc<'gc, str> {
        let bytes = Gc::as_non_null(GcSlice::as_gc(this.bytes));
        // SAFETY: the address of an object.
        let text = unsafe { NonNull::new_unchecked(bytes.as_ptr() as *mut str) };
        // SAFETY: an object of this heap, whose bytes are those of a string.
        unsafe { Gc::from_non_null(text) }
    }

    /// Whether both point to the same string.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcStr, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let [a, b] = [(); 2].map(|()| GcStr::new(mc, "same"));
    ///     assert!(a == b && !GcStr::ptr_eq(a, b));
    /// });
    /// ```
    pub fn ptr_eq(this: Self, other: Self) -> bool {
        GcSlice::ptr_eq(this.bytes, other.bytes)
    }

    /// # Safety
    ///
    /// As for [`Gc::from_non_null`].
    #[inline]
    pub(crate) unsafe fn from_non_null(object: NonNull<Thin<str>>) -> Self {
        // SAFETY: the caller's duty; a string is as its bytes are.
        Self { bytes: unsafe { GcSlice::from_non_null(object.cast()) } }
    }

    #[inline]
    pub(crate) fn as_non_null(this: Self) -> NonNull<Thin<str>> {
        GcSlice::as_non_null(this.bytes).cast()
    }
}

impl<'gc> From<Gc<'gc, Thin<str>>> for GcStr<'gc> {
    fn from(object: Gc<'gc, Thin<str>>) -> Self {
        // SAFETY: of a `Gc`.
        unsafe { Self::from_non_null(Gc::as_non_null(object)) }
    }
}

impl Clone for GcStr<'_> {
    fn clone(&self) -> Self {
        *self
    }
}
impl Copy for GcStr<'_> {}

// SAFETY: a `GcSlice` and nothing else.
unsafe impl<'gc> Trace<'gc> for GcStr<'gc> {
    const MASK: Mask = GcSlice::<'gc, u8>::MASK;
    const TAIL: bool = false;
    const LEAF: bool = false;
    const POINTER: bool = true;

    fn trace(&self, tracer: &mut Tracer) {
        self.bytes.trace(tracer);
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand changes.
unsafe impl Rebrand for GcStr<'_> {
    type Static = GcStr<'static>;
    type At<'a> = GcStr<'a>;
}
