//! [`WeakSet`]: objects, as long as they live.

use core::fmt;

use super::entries::Entries;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::{Gc, WeakGc};
use crate::trace::{Rebrand, RebrandDst, Tally, Trace, Tracer};

/// A set of objects that does not keep them.
///
/// Objects are compared by identity: by address, as [`WeakGc`](crate::WeakGc#identity) does. It is a
/// [`WeakMap`](crate::WeakMap) without values.
///
/// An entry dies with its object: it is not found and not iterated over from then on. Its memory comes back by and by: each
/// insertion removes dead entries from a few places of the table, so there is no long pause for it, and
/// [`purge`](Self::purge) removes all. An object that a finalizer revives is not in the set any more, as weak pointers to it
/// are cleared.
///
/// The set is changed through `&mut`: in an object it lies in a [`GcRefCell`](crate::GcRefCell), or in a
/// [`GcRwLock`](crate::GcRwLock) if several threads use it at the same time.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, Root, WeakSet};
///
/// let heap = Heap::new();
/// let open: Root<GcRefCell<WeakSet<'static, String>>> =
///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(WeakSet::new()))));
/// let window = heap.mutate(|mc| {
///     let [window, dialog] = ["window", "dialog"].map(|name| Gc::new(mc, String::from(name)));
///     open.get(mc).borrow_mut(mc).insert(mc, window);
///     open.get(mc).borrow_mut(mc).insert(mc, dialog);
///     mc.root(window)
/// });
/// heap.collect()?;
/// heap.mutate(|mc| {
///     let open = open.get(mc).borrow(mc);
///     let names: Vec<&String> = open.iter(mc).map(Gc::as_ref).collect();
///     assert_eq!(names, ["window"]);
/// });
/// # drop(window);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[expect(explicit_outlives_requirements, reason = "makes `dyn Trait` default to the brand")]
pub struct WeakSet<'gc, T: ?Sized + 'gc> {
    entries: Entries<WeakGc<'gc, T>>,
}

impl<T: ?Sized> WeakSet<'_, T> {
    /// An empty set, which has allocated nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut set = WeakSet::new();
    ///     assert!(set.insert(mc, Gc::new(mc, 7)));
    /// });
    /// ```
    pub fn new() -> Self {
        Self { entries: Entries::default() }
    }

    /// The number of entries: no more than these are alive. Dead ones count until they are removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut set = WeakSet::new();
    ///     set.insert(mc, Gc::new(mc, 7));
    ///     assert_eq!(set.len(), 1);
    /// });
    /// ```
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry, dead or alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::WeakSet;
    ///
    /// assert!(WeakSet::<u64>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all entries.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut set = WeakSet::new();
    ///     set.insert(mc, Gc::new(mc, 7));
    ///     set.clear();
    ///     assert!(set.is_empty());
    /// });
    /// ```
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

impl<'gc, T: ?Sized> WeakSet<'gc, T> {
    /// Whether an object is in the set. Costs a few loads, and takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut set, seven) = (WeakSet::new(), Gc::new(mc, 7));
    ///     set.insert(mc, seven);
    ///     assert!(set.contains(seven) && !set.contains(Gc::new(mc, 7)));
    /// });
    /// ```
    #[inline]
    pub fn contains(&self, object: Gc<'gc, T>) -> bool {
        self.entries.get_of(object).is_some()
    }

    /// Takes an object out; whether it was in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut set, seven) = (WeakSet::new(), Gc::new(mc, 7));
    ///     set.insert(mc, seven);
    ///     assert!(set.remove(seven) && !set.remove(seven));
    /// });
    /// ```
    pub fn remove(&mut self, object: Gc<'gc, T>) -> bool {
        self.entries.remove_of(object).is_some()
    }

    /// The entries that are alive, in no order. Each costs a [`WeakGc::upgrade`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut set = WeakSet::new();
    ///     (0..10).for_each(|number| _ = set.insert(mc, Gc::new(mc, number)));
    ///     assert_eq!(set.iter(mc).map(|number| *number).sum::<u64>(), 45);
    /// });
    /// ```
    pub fn iter<'m>(&'m self, mc: &'m Mutation<'gc>) -> impl Iterator<Item = Gc<'gc, T>> + 'm {
        self.entries.iter().filter_map(|weak| weak.upgrade(mc))
    }

    /// Removes the entries that `keeps` refuses, and those that are dead. If it panics the entries that it was not asked of
    /// stay.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut set = WeakSet::new();
    ///     (0..10).for_each(|number| _ = set.insert(mc, Gc::new(mc, number)));
    ///     set.retain(mc, |number| *number % 2 == 0);
    ///     assert_eq!(set.len(), 5);
    /// });
    /// ```
    pub fn retain(&mut self, mc: &Mutation<'gc>, mut keeps: impl FnMut(Gc<'gc, T>) -> bool) {
        self.entries.retain(|weak| weak.upgrade(mc).is_some_and(&mut keeps));
    }

    /// Removes all dead entries, and gives up room in a table that has too much.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Root, WeakSet};
    ///
    /// let heap = Heap::new();
    /// let set: Root<GcRefCell<WeakSet<'static, u64>>> =
    ///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    /// heap.mutate(|mc| assert!(set.get(mc).borrow_mut(mc).insert(mc, Gc::new(mc, 7))));
    /// heap.collect()?;
    /// heap.mutate(|mc| {
    ///     let mut set = set.get(mc).borrow_mut(mc);
    ///     set.purge(mc);
    ///     assert!(set.is_empty());
    /// });
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn purge(&mut self, mc: &Mutation<'gc>) {
        self.retain(mc, |_| true);
    }
}

impl<'gc, T: ?Sized + Trace<'gc>> WeakSet<'gc, T> {
    /// Adds an object; whether it was not in the set.
    ///
    /// Costs a [`Gc::downgrade`] and a look at a few places of the table.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`](crate::AllocError). The set is unchanged
    /// then.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakSet};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut set, seven) = (WeakSet::new(), Gc::new(mc, 7));
    ///     assert!(set.insert(mc, seven) && !set.insert(mc, seven));
    /// });
    /// ```
    #[track_caller]
    pub fn insert(&mut self, mc: &Mutation<'gc>, object: Gc<'gc, T>) -> bool {
        self.entries.set_of(mc, object, Gc::downgrade(object, mc)).is_none()
    }
}

impl<T: ?Sized> Default for WeakSet<'_, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized> fmt::Debug for WeakSet<'_, T> {
    /// Prints the number of entries, as none can be looked at without `mc`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeakSet({} entries)", self.entries.len())
    }
}

// SAFETY: as for its one field.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for WeakSet<'gc, T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        self.entries.trace(tracer);
    }

    fn owned(&self, tally: &mut Tally) {
        self.entries.owned(tally);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        Entries::<WeakGc<'gc, T>>::drop_kind(walk)
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: ?Sized + RebrandDst> Rebrand for WeakSet<'_, T> {
    type Static = WeakSet<'static, T::Static>;
    type At<'a> = WeakSet<'a, T::At<'a>>;
}
