//! [`Root`]: a handle that keeps an object from outside the heap.

use core::ffi::c_void;
use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::panic::Location;
use core::ptr::NonNull;

use super::Gc;
use crate::mutator::{Core, Mutation, Record, RootSlot};
use crate::trace::{AtBrand, RebrandDst};

/// Keeps an object alive outside of mutations: `'static`, `Clone`, and as sendable as its target.
///
/// It names its target at brand `'static` (`Root<Node<'static>>`) and gives it back at the brand of a mutation:
/// [`get`](Self::get) returns a `Gc<'gc, Node<'gc>>`. Nothing else can be done with it, as outside of a mutation
/// the target must not be looked at.
///
/// One word for sized targets. Clones share one slot: cloning and dropping count, no more. Roots need no heap:
/// they may be dropped at any time on any thread, after the heap, too.
///
/// Keep roots out of objects (the derive refuses a field of this type): a root in an object keeps its target
/// until the heap ends, and a cycle through it is never freed. Store a [`Gc`].
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Root};
///
/// let heap = Heap::new();
/// let root: Root<String> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, "kept".into())));
/// heap.collect()?;
/// heap.mutate(|mc| assert_eq!(*root.get(mc), "kept"));
/// # Ok::<(), gc::CollectError>(())
/// ```
pub struct Root<T: ?Sized> {
    /// A pointer to `T` whose address is that of the root slot: so that the metadata of a fat pointer is kept
    /// without a second address.
    handle: NonNull<T>,
    /// Invariant: what a root gives can be stored.
    target: PhantomData<*mut T>,
}

impl<'gc> Mutation<'gc> {
    /// Makes a root of an object, of the type that the object has: for where no type is written.
    ///
    /// Where one is, use [`Root::new`], which takes it from there: for the compiler, the expected `Root<T>` says nothing of
    /// the object that this function is given, so that a number would be an `i32`, and the type of an empty list unknown.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let root = heap.mutate(|mc| mc.root(Gc::new(mc, String::from("kept"))));
    /// assert_eq!(heap.collect()?.live_objects, 1);
    /// # drop(root);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn root<T: ?Sized + AtBrand<'gc>>(&self, gc: Gc<'gc, T>) -> Root<T::Static> {
        Root::insert(self, Root::target_of(gc))
    }
}

impl<T: ?Sized + RebrandDst> Root<T> {
    /// Makes a root of an object.
    ///
    /// Its type is the one that is expected: where a type is written anyway (a field, a parameter, the type of a variable)
    /// nothing else has to be said. Where none is, [`Mutation::root`] takes it from the object.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Root, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Session<'gc> {
    ///     notes: GcRefCell<Vec<Gc<'gc, String>>>,
    /// }
    ///
    /// /// A part of the program outside of the heap.
    /// struct Server {
    ///     session: Root<Session<'static>>,
    ///     requests: Root<GcRefCell<Vec<u32>>>,
    /// }
    ///
    /// let heap = Heap::new();
    /// let server = heap.mutate(|mc| Server {
    ///     session: Root::new(mc, Gc::new(mc, Session { notes: GcRefCell::default() })),
    ///     requests: Root::new(mc, Gc::new(mc, GcRefCell::default())), // of which type follows from the field
    /// });
    /// heap.mutate(|mc| server.requests.get(mc).borrow_mut(mc).push(7));
    /// ```
    #[track_caller]
    pub fn new<'gc>(mc: &Mutation<'gc>, gc: Gc<'gc, T::At<'gc>>) -> Self {
        Self::insert(mc, Self::target_at(gc))
    }

    /// The object, at the brand of the mutation.
    ///
    /// # Panics
    ///
    /// The root is of another heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let root: Root<String> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, "kept".into())));
    /// heap.mutate(|mc| {
    ///     let text: Gc<'_, String> = root.get(mc);
    ///     assert_eq!(*text, "kept");
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn get<'gc>(&self, mc: &Mutation<'gc>) -> Gc<'gc, T::At<'gc>> {
        let target = self.pointer_in(&mc.record().core, "Root::get");
        // SAFETY: an object of this heap, kept by this root until now and by the mutation from now on.
        unsafe { Self::at_brand(target) }
    }

    /// Keeps another object from now on. Clones go on keeping theirs.
    ///
    /// Costs less than a new root unless there are clones: state that is passed from one mutation to the next has one root.
    ///
    /// # Panics
    ///
    /// The root is of another heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let mut newest: Root<String> = heap.mutate(|mc| mc.root(Gc::new(mc, String::from("first"))));
    /// let first = newest.clone();
    /// heap.mutate(|mc| newest.set(mc, Gc::new(mc, String::from("second"))));
    /// heap.mutate(|mc| assert_eq!((&**first.get(mc), &**newest.get(mc)), ("first", "second")));
    /// ```
    #[track_caller]
    pub fn set<'gc>(&mut self, mc: &Mutation<'gc>, gc: Gc<'gc, T::At<'gc>>) {
        self.pointer_in(&mc.record().core, "Root::set");
        let target = Self::target_at(gc);
        let slot = self.slot();
        if slot.is_shared() {
            *self = Self::insert(mc, target);
            return;
        }
        mc.overwrites(|| slot.target());
        slot.retarget(target.cast());
        // SAFETY: the slot leads to the target, and its count is the new root's, as the one before is forgotten.
        let root = unsafe { Self::of_slot(target, self.handle.addr().get()) };
        core::mem::forget(core::mem::replace(self, root));
    }

    /// What a root of this object points to.
    pub(crate) fn target_at<'gc>(gc: Gc<'gc, T::At<'gc>>) -> NonNull<T> {
        // SAFETY: `T::At<'gc>` is `T` with another brand.
        unsafe { rebrand_pointer::<T::At<'gc>, T>(Gc::as_non_null(gc)) }
    }

    /// What a root of this target gives.
    ///
    /// # Safety
    ///
    /// It is in an object of the heap whose brand is `'gc`, which lives as long as that.
    #[inline]
    pub(crate) unsafe fn at_brand<'gc>(target: NonNull<T>) -> Gc<'gc, T::At<'gc>> {
        // SAFETY: `T::At<'gc>` is `T` with another brand.
        let target = unsafe { rebrand_pointer::<T, T::At<'gc>>(target) };
        // SAFETY: the caller's duty.
        unsafe { Gc::from_non_null(target) }
    }
}

impl<T: ?Sized + RebrandDst<Static = T>> Root<T> {
    /// What a root of this object points to.
    pub(crate) fn target_of<'gc, U: ?Sized + AtBrand<'gc, Static = T>>(gc: Gc<'gc, U>) -> NonNull<T> {
        // SAFETY: `U` stands at `'gc`, so `U::Static` is `U` with another brand.
        unsafe { rebrand_pointer::<U, T>(Gc::as_non_null(gc)) }
    }
}

impl<T> Root<T> {
    /// Hands the root over to foreign code that keeps one word for it, as the user data of a callback, say: it keeps its
    /// object until [`from_raw`](Self::from_raw) takes it back. The word is no address of the object; for that see
    /// [`Pinned`](crate::Pinned).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let word = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64))).into_raw();
    /// assert_eq!(heap.collect()?.live_objects, 1);
    /// // SAFETY: made above, of a root of this type.
    /// let root = unsafe { Root::<u64>::from_raw(word) };
    /// assert_eq!(heap.mutate(|mc| *root.get(mc)), 7);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[must_use = "the object is kept until the root is taken back"]
    pub fn into_raw(self) -> NonNull<c_void> {
        ManuallyDrop::new(self).handle.cast()
    }

    /// Takes a root back.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let word = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64))).into_raw();
    /// // SAFETY: made above, of a root of this type, and taken back once.
    /// drop(unsafe { Root::<u64>::from_raw(word) });
    /// assert_eq!(heap.collect()?.live_objects, 0);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    ///
    /// # Safety
    ///
    /// The word was made by [`into_raw`](Self::into_raw) of a root of this type, and is taken back once.
    pub unsafe fn from_raw(word: NonNull<c_void>) -> Self {
        Self { handle: word.cast(), target: PhantomData }
    }

    /// Looks at a root that foreign code keeps, as in a callback that comes often: what is dropped is not the root.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::ffi::c_void;
    /// use core::ptr::NonNull;
    /// use gc::{Gc, GcCell, Heap, Root};
    ///
    /// unsafe fn on_event(heap: &Heap, word: NonNull<c_void>) {
    ///     // SAFETY: the caller's duty: a root of this type.
    ///     let count = unsafe { Root::<GcCell<u64>>::borrow_raw(word) };
    ///     heap.mutate(|mc| count.get(mc).set(mc, count.get(mc).get() + 1));
    /// }
    ///
    /// let heap = Heap::new();
    /// let word = heap.mutate(|mc| mc.root(Gc::new(mc, GcCell::new(0_u64)))).into_raw();
    /// // SAFETY: the word is of a root of this type, which is taken back below.
    /// (0..3).for_each(|_| unsafe { on_event(&heap, word) });
    /// // SAFETY: taken back once.
    /// let count = unsafe { Root::<GcCell<u64>>::from_raw(word) };
    /// assert_eq!(heap.mutate(|mc| count.get(mc).get()), 3);
    /// ```
    ///
    /// # Safety
    ///
    /// The word was made by [`into_raw`](Self::into_raw) of a root of this type, and is taken back only when the result is
    /// used no more.
    pub unsafe fn borrow_raw(word: NonNull<c_void>) -> impl Deref<Target = Self> {
        // SAFETY: the caller's duty; and it is not dropped.
        Kept(ManuallyDrop::new(unsafe { Self::from_raw(word) }))
    }
}

/// A root that foreign code keeps. It gives no exclusive reference: to set it, or to assign to it, might drop the root that
/// the code's word stands for.
struct Kept<T: ?Sized>(ManuallyDrop<Root<T>>);

impl<T: ?Sized> Deref for Kept<T> {
    type Target = Root<T>;

    fn deref(&self) -> &Root<T> {
        &self.0
    }
}

impl<T: ?Sized> Root<T> {
    /// Whether both keep the same place in one heap. Looks at no target, so it needs no mutation, and may be asked after
    /// the heap has ended.
    ///
    /// [`RootByAddress`](crate::RootByAddress) compares and hashes roots so.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Root};
    ///
    /// let (a, again, b) = Heap::new().mutate(|mc| {
    ///     let (a, b) = (Gc::new(mc, 1), Gc::new(mc, 1));
    ///     (mc.root(a), mc.root(a), mc.root(b))
    /// });
    /// assert!(Root::ptr_eq(&a, &again) && !Root::ptr_eq(&a, &b));
    /// ```
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        // A heap that has ended leaves its addresses to others.
        this.address() == other.address() && this.slot().heap() == other.slot().heap()
    }

    /// Address of the target.
    pub(super) fn address(&self) -> usize {
        self.slot().target().addr()
    }

    #[track_caller]
    pub(crate) fn insert(mc: &Mutation<'_>, target: NonNull<T>) -> Self {
        let slot = new_slot(mc.record(), target.cast(), Location::caller());
        // SAFETY: the slot is new.
        unsafe { Self::of_slot(target, slot) }
    }

    /// A root of a slot that holds the target.
    ///
    /// # Safety
    ///
    /// The root takes over a count of the slot at this address, whose target is `target`'s address.
    pub(crate) unsafe fn of_slot(target: NonNull<T>, slot: usize) -> Self {
        let distance = slot.wrapping_sub(target.addr().get());
        let handle = target.as_ptr().wrapping_byte_add(distance);
        // SAFETY: its address is that of the slot.
        Self { handle: unsafe { NonNull::new_unchecked(handle) }, target: PhantomData }
    }

    /// The address of the slot, and the target.
    pub(crate) fn slot_and_target(&self) -> (usize, *const u8) {
        (self.handle.addr().get(), self.slot().target().cast_const())
    }

    /// Whether it is of that heap.
    pub(crate) fn is_of(&self, core: &Core) -> bool {
        self.slot().heap() == core.id
    }

    /// The address of the slot, a count of which is the caller's from now on.
    pub(crate) fn into_slot(self) -> usize {
        ManuallyDrop::new(self).handle.addr().get()
    }

    fn slot(&self) -> &RootSlot {
        // SAFETY: this root owns a count of the slot.
        unsafe { RootSlot::at(self.handle.addr().get()) }
    }

    /// The pointer, after a check that it is of this heap. Nothing else reads it.
    #[inline]
    #[track_caller]
    pub(crate) fn pointer_in(&self, heap: &Core, call: &str) -> NonNull<T> {
        let target = target_in(self.slot(), heap, call);
        let distance = target.addr().wrapping_sub(self.handle.addr().get());
        let target = self.handle.as_ptr().wrapping_byte_add(distance);
        // SAFETY: the target of a slot in use.
        unsafe { NonNull::new_unchecked(target) }
    }
}

/// The address of a new slot with that target, for a root that is made at this place.
#[inline]
fn new_slot(mutator: &Record, target: NonNull<u8>, made: &'static Location<'static>) -> usize {
    let slot = mutator.root_slot(made);
    slot.occupy(target);
    core::ptr::from_ref(slot).addr()
}

/// The target of a slot, after a check that it is of this heap.
#[inline]
#[track_caller]
fn target_in(slot: &RootSlot, heap: &Core, call: &str) -> *mut u8 {
    if slot.heap() != heap.id {
        foreign(call, slot, heap);
    }
    slot.target()
}

#[cold]
#[track_caller]
fn foreign(call: &str, slot: &RootSlot, heap: &Core) -> ! {
    panic!(
        "{call}: this root is of {}, and the mutation of {}; a root can be used only with the heap that it \
         was made in",
        slot.table().describe(),
        heap.roots.describe()
    )
}

/// The same pointer to the same type at another brand.
///
/// # Safety
///
/// `A` and `B` are one type at two brands.
pub(super) unsafe fn rebrand_pointer<A: ?Sized, B: ?Sized>(pointer: NonNull<A>) -> NonNull<B> {
    /// As `transmute_copy`, but the compiler makes nothing of it. (Both fields lie at its start.)
    #[repr(C)]
    union Pointer<A: ?Sized, B: ?Sized> {
        a: NonNull<A>,
        b: NonNull<B>,
    }
    const { assert!(size_of::<NonNull<A>>() == size_of::<NonNull<B>>()) };
    // SAFETY: pointers to them agree in layout and metadata, as lifetimes do not change a type's layout.
    unsafe { Pointer { a: pointer }.b }
}

impl<T: ?Sized> Clone for Root<T> {
    fn clone(&self) -> Self {
        self.slot().add_clone();
        Self { handle: self.handle, target: PhantomData }
    }
}

impl<T: ?Sized> Drop for Root<T> {
    fn drop(&mut self) {
        // SAFETY: this root owns a count and does not use the slot any more.
        unsafe { self.slot().drop_clone() };
    }
}

// SAFETY: a root gives shared access to its target, from any thread.
unsafe impl<T: ?Sized + Send + Sync> Send for Root<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for Root<T> {}

impl<T: ?Sized> fmt::Debug for Root<T> {
    /// Prints the address and the heap; the target cannot be looked at outside of a mutation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slot = self.slot();
        write!(f, "Root({:p} of {})", slot.target(), slot.table().describe())
    }
}
