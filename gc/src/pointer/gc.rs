//! [`Gc`]: making objects and pointing to them.
//!
//! # Invariants
//!
//! 1. A `Gc<'gc, T>` points to a valid `T` in an object of the heap of brand `'gc`, which lives as long as the
//!    mutation.
//! 2. A `Gc<'gc, T>` that exists has a `T` that is `Trace<'gc>`, or was coerced from one by subtyping. So its target
//!    is `Send + Sync`, the supertraits of `Trace`: whoever makes a `Gc` shows `Trace`, and nobody who has one needs to
//!    ask again. All ways to make one: allocation, `project` and `unsize` demand it; `str` is `Trace`; a `Root` gives
//!    `T::At`, which `RebrandDst` says is; `Finalized` is a root; a `WeakGc` is made of a `Gc`, or dangles and gives
//!    none; a word is made by the `Word` of a `Gc` and read by the same; `new_cyclic` allocates and projects.
//!
//! `Send` and `Sync` rest on 2 and ask nothing of `T`. Asking would be more than needless: `T: Sync` is a question
//! about all fields of `T`, and so about the targets of all its `Gc`s, and the compiler follows a hundred types deep
//! at most. (Subtyping changes lifetimes only: who may share a value at one lifetime may coerce the reference on the
//! other thread as well as before.)

use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::error::{AllocError, Refused};
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Rebrand, RebrandDst, Trace, Tracer};

/// A pointer to an object in the heap of brand `'gc`: one word, `Copy`, dereferenced for free.
///
/// A `Gc` gives shared access. It lives on the stack or in other objects, and never leaves the mutation whose
/// brand it carries; to keep an object beyond the mutation make a [`Root`](crate::Root) of it. What changes
/// in an object is in a cell: [`GcCell`](crate::GcCell), [`GcRefCell`](crate::GcRefCell),
/// [`GcRwLock`](crate::GcRwLock), [`GcOnce`](crate::GcOnce).
///
/// `Gc` is a pointer to contents: `==`, `<` and `Hash` look at the contents, and never end on cyclic data
/// whose types derive them; use [`Gc::ptr_eq`] or [`ByAddress`](crate::ByAddress) for identity. `Debug`
/// prints each object once, so that it ends on cyclic data and is no longer than the data.
///
/// All functions are associated functions (`Gc::project(gc, ..)`), so that they never hide those of `T`. All but one kind:
/// borrows of a [`GcRefCell`](crate::GcRefCell) or [`GcRwLock`](crate::GcRwLock) are methods of the pointer, too, which do
/// what those of the cell do. Those of the cell borrow the pointer; with these `root.get(mc).borrow_mut(mc)` is a guard
/// that lasts longer than the pointer on the stack.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Trace};
///
/// #[derive(Trace)]
/// struct Tree<'gc> {
///     name: String,
///     children: Vec<Gc<'gc, Tree<'gc>>>,
/// }
///
/// let heap = Heap::new();
/// heap.mutate(|mc| {
///     let leaf = Gc::new(mc, Tree { name: "leaf".into(), children: vec![] });
///     let top = Gc::new(mc, Tree { name: "top".into(), children: vec![leaf, leaf] });
///     assert_eq!(top.children[1].name, "leaf");
/// });
/// assert_eq!(heap.collect().unwrap().live_objects, 0);
/// ```
pub struct Gc<'gc, T: ?Sized + 'gc> {
    /// An address in an object: its start, or that of a part of it.
    ptr: NonNull<T>,
    /// Invariant in the brand, so that brands never mix.
    brand: PhantomData<fn(&'gc ()) -> &'gc ()>,
}

impl<'gc, T: Trace<'gc>> Gc<'gc, T> {
    /// Moves a value into the heap. It is aligned to at most 4096 bytes; what needs more lies in a `Box`:
    ///
    /// ```compile_fail,E0080
    /// #[derive(gc::Trace)]
    /// #[repr(align(8192))]
    /// struct Wide(u8);
    ///
    /// gc::Heap::new().mutate(|mc| gc::Gc::new(mc, Wide(1)).0);
    /// ```
    ///
    /// It never collects, and never waits for a collection: most objects cost a few instructions.
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
    ///     let pair = Gc::new(mc, (1, String::from("one")));
    ///     assert_eq!(pair.1, "one");
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn new(mc: &Mutation<'gc>, value: T) -> Self {
        match mc.allocate(value) {
            // SAFETY: a new object of this heap, written.
            Ok(ptr) => unsafe { Self::from_non_null(ptr) },
            Err(refused) => no_room(mc, refused),
        }
    }

    /// Moves a value into the heap if there is room.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory; the value is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().limit_bytes(1 << 20).build();
    /// heap.mutate(|mc| {
    ///     let mut objects = 0;
    ///     while Gc::try_new(mc, [0_u8; 1024]).is_ok() {
    ///         objects += 1;
    ///     }
    ///     assert!(objects <= 1024);
    /// });
    /// heap.collect()?;
    /// heap.mutate(|mc| assert!(Gc::try_new(mc, [0_u8; 1024]).is_ok()));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[inline]
    pub fn try_new(mc: &Mutation<'gc>, value: T) -> Result<Self, AllocError> {
        match mc.allocate(value) {
            // SAFETY: a new object of this heap, written.
            Ok(ptr) => Ok(unsafe { Self::from_non_null(ptr) }),
            Err(refused) => Err(mc.failed(refused)),
        }
    }
}

/// The panic of [`Gc::new`]: one call, so that little of it stands in each function that makes objects.
#[cold]
#[inline(never)]
#[track_caller]
fn no_room(mc: &Mutation<'_>, refused: Refused) -> ! {
    out_of_memory("Gc::new", &mc.failed(refused))
}

/// The panic of an allocation that cannot return its error.
#[cold]
#[track_caller]
pub(crate) fn out_of_memory(call: &str, error: &AllocError) -> ! {
    panic!("{call}: {error}; `{}` returns this as an error", call.replace("::", "::try_"))
}

impl<'gc, T: ?Sized> Gc<'gc, T> {
    /// # Safety
    ///
    /// Invariants 1 and 2: `ptr` points to a valid `T` in an object of the heap of brand `'gc`; `T` is `Trace<'gc>`.
    pub(crate) unsafe fn from_non_null(ptr: NonNull<T>) -> Self {
        Self { ptr, brand: PhantomData }
    }

    pub(crate) fn as_non_null(this: Self) -> NonNull<T> {
        this.ptr
    }

    /// The address of the value. It stays the same as long as the object lives.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (root, address) = heap.mutate(|mc| {
    ///     let gc = Gc::new(mc, 7);
    ///     (mc.root(gc), Gc::as_ptr(gc).addr())
    /// });
    /// heap.collect()?;
    /// assert_eq!(heap.mutate(|mc| Gc::<i32>::as_ptr(root.get(mc)).addr()), address);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn as_ptr(this: Self) -> *const T {
        this.ptr.as_ptr().cast_const()
    }

    /// The value, for as long as the mutation lasts: longer than `&*gc` of a `Gc` on the stack.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Mutation, Root};
    ///
    /// fn name<'gc>(mc: &Mutation<'gc>, root: &Root<String>) -> &'gc String {
    ///     Gc::as_ref(root.get(mc)) // `&root.get(mc)` would not live long enough
    /// }
    ///
    /// let heap = Heap::new();
    /// let root = heap.mutate(|mc| mc.root(Gc::new(mc, String::from("Ada"))));
    /// heap.mutate(|mc| assert_eq!(name(mc, &root), "Ada"));
    /// ```
    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "AsRef is implemented too; this one has the long lifetime"
    )]
    pub fn as_ref(this: Self) -> &'gc T {
        // SAFETY: no object is freed while the mutation of the brand is open, and nothing gives `&mut` to it.
        unsafe { &*this.ptr.as_ptr() }
    }

    /// Whether both point to the same place.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (a, b) = (Gc::new(mc, 1), Gc::new(mc, 1));
    ///     assert_eq!(a, b); // equal contents
    ///     assert!(Gc::ptr_eq(a, a) && !Gc::ptr_eq(a, b));
    /// });
    /// ```
    pub fn ptr_eq(this: Self, other: Self) -> bool {
        core::ptr::addr_eq(this.ptr.as_ptr(), other.ptr.as_ptr())
    }

    /// A pointer to a part of the object: a field, an element, a slice, or the whole as a trait object. It
    /// keeps the whole object alive.
    ///
    /// A part without size at the very end of the value, such as `&slice[slice.len()..]`, has its address where
    /// another object may begin. The pointer is given the last address in the value that such a part can have, and so
    /// may be equal, by [`ptr_eq`](Self::ptr_eq), to one to another part.
    ///
    /// # Panics
    ///
    /// The part does not lie in the value that `this` points to: it is behind a `Box` or `Vec`, in another
    /// object, or static.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let pair = Gc::new(mc, (1, String::from("one")));
    ///     let name: Gc<'_, String> = Gc::project(pair, |pair| &pair.1);
    ///     assert_eq!(name.len(), 3);
    /// });
    /// ```
    #[track_caller]
    pub fn project<U: ?Sized + Trace<'gc>>(
        this: Self,
        part: impl for<'a> FnOnce(&'a T) -> &'a U,
    ) -> Gc<'gc, U> {
        let whole = Gc::as_ref(this);
        let part = part(whole);
        let (start, size) = (this.ptr.addr().get(), size_of_val(whole));
        let (at, part_size) = (core::ptr::from_ref(part).addr(), size_of_val(part));
        let end = start + size;
        // The end of a value is an address in the next slot, to marking and to records of single objects. What has no
        // size and is aligned there is so further to the front, too.
        let back = if at == end && size > 0 { align_of_val(part) } else { 0 };
        let inside = (start..=end).contains(&at) && part_size <= end - at && back <= size;
        assert!(
            inside,
            "Gc::project: the closure returned a reference to {part_size} bytes that do not lie in the \
             {size} bytes of the value; a projection gives a field, an element or a slice of the object \
             itself, not what it owns elsewhere (in a Box, Vec or String)"
        );
        let part = core::ptr::from_ref(part).cast_mut().wrapping_byte_sub(back);
        // SAFETY: an address in the value.
        let part = unsafe { NonNull::new_unchecked(part) };
        // SAFETY: the reference is to a part of the object, valid for as long as the object is shared, since
        // the closure works for any lifetime; without size it is as valid at any aligned address.
        unsafe { Gc::from_non_null(part) }
    }

    /// The same object as a trait object, or as a slice if it is an array: a [`project`](Self::project) of
    /// the whole, named for what it does.
    ///
    /// # Panics
    ///
    /// The closure returns something else than the value it was given.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let array = Gc::new(mc, [1, 2, 3]);
    ///     let slice = Gc::unsize::<[i32]>(array, |array| array);
    ///     assert_eq!(slice.len(), 3);
    /// });
    /// ```
    #[track_caller]
    pub fn unsize<U: ?Sized + Trace<'gc>>(
        this: Self,
        unsize: impl for<'a> FnOnce(&'a T) -> &'a U,
    ) -> Gc<'gc, U> {
        let unsized_gc = Gc::project(this, unsize);
        assert!(
            core::ptr::addr_eq(unsized_gc.ptr.as_ptr(), this.ptr.as_ptr()),
            "Gc::unsize: the closure returned a part of the value; use `Gc::project` for parts"
        );
        unsized_gc
    }
}

impl<T: ?Sized> Clone for Gc<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for Gc<'_, T> {}

// SAFETY: a `Gc` gives shared access only, and its target is `Sync` (invariant 2).
unsafe impl<T: ?Sized> Send for Gc<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized> Sync for Gc<'_, T> {}

/// The first word of a value.
const fn first_word<T>(value: core::mem::MaybeUninit<T>) -> usize {
    // SAFETY: at compile time, of a value that is at least a word; if the word were not a plain number the
    // compiler would say so.
    unsafe { value.as_ptr().cast::<usize>().read() }
}

// The data address is the first word of a fat pointer, so that a mask can describe it.
const _: () = {
    let slice = core::ptr::slice_from_raw_parts(core::ptr::without_provenance::<u8>(16), 5);
    assert!(first_word(core::mem::MaybeUninit::new(slice)) == 16);
    let object: *const dyn Send = core::ptr::without_provenance::<u8>(16);
    assert!(first_word(core::mem::MaybeUninit::new(object)) == 16);
};

// SAFETY: duty 1, 2: one edge, never null, in the first word (checked above for fat pointers). That the
// target is `Trace<'gc>` keeps out pointers to values that stand at another brand.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for Gc<'gc, T> {
    const MASK: Mask = Mask::WORD;
    const TAIL: bool = false;
    const LEAF: bool = false;
    const POINTER: bool = true;

    fn trace(&self, tracer: &mut Tracer) {
        tracer.edge(self.ptr.as_ptr().cast_const().cast());
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: ?Sized + RebrandDst> Rebrand for Gc<'_, T> {
    type Static = Gc<'static, T::Static>;
    type At<'a> = Gc<'a, T::At<'a>>;
}
