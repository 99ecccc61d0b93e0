//! [`WeakRoot`]: a weak pointer from outside the heap.

use core::fmt;
use core::ptr::NonNull;

use super::root::rebrand_pointer;
use super::{Gc, Root, WeakGc};
use crate::mutator::{Core, Mutation};
use crate::trace::{AtBrand, RebrandDst};

/// A [`WeakGc`] outside of mutations: `'static`, `Clone`, and as sendable as its target. It keeps nothing.
///
/// Like a [`Root`] it names its target at brand `'static` and gives it back at the brand of a mutation.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, WeakRoot};
///
/// let heap = Heap::new();
/// let weak: WeakRoot<String> = heap.mutate(|mc| {
///     let gc = Gc::new(mc, String::from("not kept"));
///     mc.weak_root(Gc::downgrade(gc, mc))
/// });
/// heap.mutate(|mc| assert_eq!(*weak.get(mc).unwrap(), "not kept"));
/// heap.collect()?;
/// heap.mutate(|mc| assert!(weak.get(mc).is_none()));
/// # Ok::<(), gc::CollectError>(())
/// ```
pub struct WeakRoot<T: ?Sized> {
    /// Of the handle: its target is what the weak pointer holds, which is no `T`.
    root: Root<T>,
}

impl<'gc> Mutation<'gc> {
    /// Makes a weak root of a weak pointer: [`WeakRoot`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let weak = heap.mutate(|mc| {
    ///     let gc = Gc::new(mc, [1, 2, 3]);
    ///     mc.weak_root(Gc::downgrade(gc, mc))
    /// });
    /// heap.mutate(|mc| assert_eq!(weak.get(mc).unwrap()[0], 1));
    /// ```
    #[track_caller]
    pub fn weak_root<T: ?Sized + AtBrand<'gc>>(&self, weak: WeakGc<'gc, T>) -> WeakRoot<T::Static> {
        // SAFETY: `T` stands at `'gc`, so `T::Static` is `T` with another brand.
        let handle = unsafe { rebrand_pointer::<T, T::Static>(weak.as_non_null()) };
        WeakRoot::insert(self, handle)
    }
}

impl<T: ?Sized + RebrandDst> WeakRoot<T> {
    /// Makes a weak root, of the type that is expected, as [`Root::new`] does. [`Mutation::weak_root`] takes it from the
    /// pointer.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Trace, WeakGc, WeakRoot};
    ///
    /// #[derive(Trace)]
    /// struct Session<'gc> {
    ///     user: Gc<'gc, String>,
    /// }
    ///
    /// /// Starts empty.
    /// struct Last(WeakRoot<Session<'static>>);
    ///
    /// let heap = Heap::new();
    /// let last = Last(heap.mutate(|mc| WeakRoot::new(mc, WeakGc::dangling())));
    /// heap.mutate(|mc| assert!(last.0.get(mc).is_none()));
    /// ```
    #[track_caller]
    pub fn new<'gc>(mc: &Mutation<'gc>, weak: WeakGc<'gc, T::At<'gc>>) -> Self {
        // SAFETY: `T::At<'gc>` is `T` with another brand.
        Self::insert(mc, unsafe { rebrand_pointer::<T::At<'gc>, T>(weak.as_non_null()) })
    }

    /// The target, if it is alive.
    ///
    /// # Panics
    ///
    /// The weak root is of another heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let weak = heap.mutate(|mc| mc.weak_root(Gc::downgrade(Gc::new(mc, 7), mc)));
    /// heap.mutate(|mc| assert_eq!(*weak.get(mc).unwrap(), 7));
    /// heap.collect()?;
    /// heap.mutate(|mc| assert!(weak.get(mc).is_none()));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    #[track_caller]
    pub fn get<'gc>(&self, mc: &Mutation<'gc>) -> Option<Gc<'gc, T::At<'gc>>> {
        self.weak_in(mc, "WeakRoot::get").upgrade(mc)
    }

    /// The weak pointer, at the brand of the mutation.
    ///
    /// # Panics
    ///
    /// The weak root is of another heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let weak = Gc::downgrade(Gc::new(mc, 7), mc);
    ///     assert_eq!(mc.weak_root(weak).weak(mc), weak);
    /// });
    /// ```
    #[track_caller]
    pub fn weak<'gc>(&self, mc: &Mutation<'gc>) -> WeakGc<'gc, T::At<'gc>> {
        self.weak_in(mc, "WeakRoot::weak")
    }

    #[track_caller]
    fn weak_in<'gc>(&self, mc: &Mutation<'gc>, call: &str) -> WeakGc<'gc, T::At<'gc>> {
        let handle = self.root.pointer_in(&mc.record().core, call);
        // SAFETY: `T::At<'gc>` is `T` with another brand.
        let handle = unsafe { rebrand_pointer::<T, T::At<'gc>>(handle) };
        // SAFETY: made of a weak pointer of this heap, whose handle this root has kept.
        unsafe { WeakGc::from_non_null(handle) }
    }
}

impl<T: ?Sized> WeakRoot<T> {
    /// Whether it is of that heap.
    pub(crate) fn is_of(&self, core: &Core) -> bool {
        self.root.is_of(core)
    }

    /// A root of a handle, or of the sentinel that stands for none, which is no edge.
    #[track_caller]
    fn insert(mc: &Mutation<'_>, handle: NonNull<T>) -> Self {
        Self { root: Root::insert(mc, handle) }
    }
}

impl<T: ?Sized> Clone for WeakRoot<T> {
    fn clone(&self) -> Self {
        Self { root: self.root.clone() }
    }
}

impl<T: ?Sized> fmt::Debug for WeakRoot<T> {
    /// Prints the address of the handle and the heap: the target may be gone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Weak{:?}", self.root)
    }
}
