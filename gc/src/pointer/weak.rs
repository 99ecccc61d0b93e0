//! [`WeakGc`]: a pointer that keeps nothing.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::ptr::{NonNull, with_exposed_provenance};

use super::Gc;
use crate::error::AllocError;
use crate::layout::FIRST_EDGE_ADDRESS;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::special::Handle;
use crate::trace::{Rebrand, RebrandDst, Trace, Tracer};

/// A pointer that does not keep its target: [`upgrade`](Self::upgrade) gives a [`Gc`] as long as the target lives.
///
/// One word for sized targets, `Copy`. It lives on the stack or in objects, like a `Gc`; outside of mutations there is
/// [`WeakRoot`](crate::WeakRoot).
///
/// # Identity
///
/// Two weak pointers are equal exactly when they were made from pointers to the same address, and that stays so when
/// the target is gone, and when another object has its place: so they can be keys. A field and its object, if their
/// addresses differ, have different ones. They are made of a *handle*, a small object that all weak pointers to one
/// address share; it lives as long as the target or a weak pointer to it, and counts as an object in
/// [`Stats`](crate::Stats).
///
/// # When it is cleared
///
/// When a cycle has found the target unreachable: from the end of that cycle on `upgrade` returns `None`, in every
/// thread, before any destructor, finalizer or cleanup of the target runs, and for ever. If a finalizer revives the
/// object the old weak pointers stay cleared, and new ones are unequal to them. What an object with a finalizer
/// refers to is reachable until the finalizer has run.
///
/// (As a C# short weak reference or a Java `WeakReference`; canonical like Go's `weak.Pointer`.)
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Trace, WeakGc};
///
/// #[derive(Trace)]
/// struct Node<'gc> {
///     parent: WeakGc<'gc, Node<'gc>>,
/// }
///
/// let heap = Heap::new();
/// let child = heap.mutate(|mc| {
///     let parent = Gc::new(mc, Node { parent: WeakGc::dangling() });
///     let child = Gc::new(mc, Node { parent: Gc::downgrade(parent, mc) });
///     assert!(Gc::ptr_eq(child.parent.upgrade(mc).unwrap(), parent));
///     mc.root(child)
/// });
/// heap.collect()?;
/// heap.mutate(|mc| assert!(child.get(mc).parent.upgrade(mc).is_none()));
/// # Ok::<(), gc::CollectError>(())
/// ```
pub struct WeakGc<'gc, T: ?Sized + 'gc> {
    /// A pointer to the target whose address is that of the handle: so that the metadata of a fat pointer is kept
    /// without a second address. Below the first edge: dangling.
    handle: NonNull<T>,
    /// Invariant in the brand, so that brands never mix.
    brand: PhantomData<fn(&'gc ()) -> &'gc ()>,
}

impl<'gc, T: ?Sized + Trace<'gc>> Gc<'gc, T> {
    /// A weak pointer to the same place: [`WeakGc`].
    ///
    /// Costs a look-up, and for the first one to a place an allocation of 16 bytes.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakGc};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let gc = Gc::new(mc, 7);
    ///     let weak: WeakGc<'_, i32> = Gc::downgrade(gc, mc);
    ///     assert!(Gc::ptr_eq(weak.upgrade(mc).unwrap(), gc));
    /// });
    /// ```
    #[track_caller]
    pub fn downgrade(this: Self, mc: &Mutation<'gc>) -> WeakGc<'gc, T> {
        match Self::try_downgrade(this, mc) {
            Ok(weak) => weak,
            Err(error) => super::gc::out_of_memory("Gc::downgrade", &error),
        }
    }

    /// A weak pointer to the same place, if there is room for its handle.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{AllocError, Gc, Heap, Mutation, WeakGc};
    ///
    /// fn watch<'gc>(mc: &Mutation<'gc>, gc: Gc<'gc, u64>) -> Result<WeakGc<'gc, u64>, AllocError> {
    ///     Gc::try_downgrade(gc, mc)
    /// }
    ///
    /// Heap::new().mutate(|mc| assert!(watch(mc, Gc::new(mc, 7)).is_ok()));
    /// ```
    pub fn try_downgrade(this: Self, mc: &Mutation<'gc>) -> Result<WeakGc<'gc, T>, AllocError> {
        let target = Gc::as_non_null(this);
        // SAFETY: the `Gc` points into an object of this heap, which lives as long as the mutation.
        let handle = unsafe { handle_of(mc, target.cast()) }?;
        // SAFETY: a handle of this address.
        Ok(unsafe { WeakGc::of(target, handle) })
    }
}

/// The handle of weak pointers to an address: of no type, so that it is there once.
///
/// # Safety
///
/// The address lies in an object of this heap, which lives as long as the mutation.
unsafe fn handle_of(mc: &Mutation<'_>, address: NonNull<u8>) -> Result<NonNull<Handle>, AllocError> {
    let memory = &mc.record().core.memory;
    let mut wanted = None;
    let at_once = |handle| mc.allocate_at_once(handle).map_err(|handle| wanted = Some(handle)).ok();
    // SAFETY: the caller's duty; the handle is an object of this heap.
    let mut handle = unsafe { memory.handle(address, at_once) };
    if let Some(wanted) = wanted {
        // Memory is claimed under no lock. Meanwhile another thread may make a handle, which is the one then.
        let fresh = mc.allocate(wanted).map_err(|refused| mc.failed(refused))?;
        // SAFETY: as above.
        handle = unsafe { memory.handle(address, |_| Some(fresh)) };
    }
    Ok(handle.expect("there is a handle, or one is wanted"))
}

impl<T> WeakGc<'_, T> {
    /// A weak pointer to nothing: `upgrade` returns `None`. All of them are equal.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Heap, WeakGc};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let nothing: WeakGc<'_, String> = WeakGc::dangling();
    ///     assert!(nothing.upgrade(mc).is_none());
    /// });
    /// ```
    pub const fn dangling() -> Self {
        const { assert!(Self::DANGLING < FIRST_EDGE_ADDRESS) };
        let address = core::ptr::without_provenance_mut(Self::DANGLING);
        // SAFETY: not null.
        Self { handle: unsafe { NonNull::new_unchecked(address) }, brand: PhantomData }
    }

    const DANGLING: usize = 16;
}

impl<T> Default for WeakGc<'_, T> {
    fn default() -> Self {
        Self::dangling()
    }
}

impl<'gc, T: ?Sized> WeakGc<'gc, T> {
    /// # Safety
    ///
    /// The handle is that of `target`'s address, in the heap of brand `'gc`.
    unsafe fn of(target: NonNull<T>, handle: NonNull<Handle>) -> Self {
        let distance = handle.addr().get().wrapping_sub(target.addr().get());
        let handle = target.as_ptr().wrapping_byte_add(distance);
        // SAFETY: the address is that of the handle.
        Self { handle: unsafe { NonNull::new_unchecked(handle) }, brand: PhantomData }
    }

    /// # Safety
    ///
    /// `handle` was returned by [`as_non_null`](Self::as_non_null) for a weak pointer of the heap of brand `'gc`, which
    /// was kept since; `T` is its type with another brand.
    pub(crate) unsafe fn from_non_null(handle: NonNull<T>) -> Self {
        Self { handle, brand: PhantomData }
    }

    pub(crate) fn as_non_null(self) -> NonNull<T> {
        self.handle
    }

    /// The handle, unless it is dangling.
    #[inline]
    fn handle(&self) -> Option<&Handle> {
        let address = self.handle.addr().get();
        if address < FIRST_EDGE_ADDRESS {
            return None;
        }
        // By the provenance of the heap's arenas, which is exposed: that of `self.handle` is the target's.
        let handle = with_exposed_provenance::<Handle>(address);
        // SAFETY: a weak pointer that is not dangling keeps its handle, as who has a weak pointer keeps that.
        Some(unsafe { &*handle })
    }

    /// Where the target is, unless its death is known: it may be dead if the sweep has not found out yet, so it is not to
    /// be used, unless the caller knows better.
    #[inline]
    pub(crate) fn target_unsettled(&self) -> Option<NonNull<u8>> {
        self.handle()?.target()
    }

    /// The target, if it is alive.
    ///
    /// Costs a few loads. After a cycle the first call for an object may sweep the page that it is on.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap, Root, WeakGc};
    ///
    /// let heap = Heap::new();
    /// let last: Root<GcCell<WeakGc<'static, String>>> =
    ///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcCell::new(WeakGc::dangling()))));
    /// heap.mutate(|mc| {
    ///     let text = Gc::new(mc, String::from("not kept"));
    ///     last.get(mc).set(mc, Gc::downgrade(text, mc));
    ///     assert_eq!(*last.get(mc).get().upgrade(mc).unwrap(), "not kept");
    /// });
    /// heap.collect()?;
    /// heap.mutate(|mc| assert!(last.get(mc).get().upgrade(mc).is_none()));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[inline]
    pub fn upgrade(self, mc: &Mutation<'gc>) -> Option<Gc<'gc, T>> {
        let target = self.handle()?.target_settled(|home| mc.record().core.memory.settle(home))?;
        mc.revives(target);
        let distance = target.addr().get().wrapping_sub(self.handle.addr().get());
        let target = self.handle.as_ptr().wrapping_byte_add(distance);
        // SAFETY: an address in an object.
        let target = unsafe { NonNull::new_unchecked(target) };
        // SAFETY: made of a pointer to this target, which is alive, and stays so as long as the mutation lasts: no
        // cycle can begin.
        Some(unsafe { Gc::from_non_null(target) })
    }
}

impl<T: ?Sized> Clone for WeakGc<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: ?Sized> Copy for WeakGc<'_, T> {}

// SAFETY: it can become the `Gc` that it was made of, which is `Send` and `Sync`; a dangling one becomes nothing.
unsafe impl<T: ?Sized> Send for WeakGc<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized> Sync for WeakGc<'_, T> {}

impl<T: ?Sized> PartialEq for WeakGc<'_, T> {
    /// Whether both were made from pointers to the same address; see [identity](Self#identity).
    fn eq(&self, other: &Self) -> bool {
        self.handle.addr() == other.handle.addr()
    }
}
impl<T: ?Sized> Eq for WeakGc<'_, T> {}

impl<T: ?Sized> Hash for WeakGc<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.handle.addr().hash(state);
    }
}

impl<T: ?Sized> fmt::Debug for WeakGc<'_, T> {
    /// Prints the address of the handle: the target may be gone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.handle.addr().get() < FIRST_EDGE_ADDRESS {
            return f.write_str("WeakGc(dangling)");
        }
        write!(f, "WeakGc({:p})", self.handle)
    }
}

// SAFETY: duty 1, 2: one edge, to the handle, or a sentinel, in the first word as in `Gc`. That the target is
// `Trace<'gc>` keeps out pointers to values that stand at another brand.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for WeakGc<'gc, T> {
    const MASK: Mask = Mask::WORD;
    const TAIL: bool = false;
    const LEAF: bool = false;
    const POINTER: bool = true;

    fn trace(&self, tracer: &mut Tracer) {
        tracer.edge(self.handle.as_ptr().cast_const().cast());
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: ?Sized + RebrandDst> Rebrand for WeakGc<'_, T> {
    type Static = WeakGc<'static, T::Static>;
    type At<'a> = WeakGc<'a, T::At<'a>>;
}
