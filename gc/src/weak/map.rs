//! [`WeakMap`]: values by object, as long as the object lives.

use core::fmt;
use core::ptr::NonNull;

use super::entries::{Entries, Entry};
use super::{Ephemeron, WeakMapEntry};
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::Gc;
use crate::trace::{Rebrand, RebrandDst, Tally, Trace, Tracer};

/// A map from objects to values that does not keep the objects, and each value only as long as its key lives.
///
/// Keys are compared by identity: by address, as [`WeakGc`](crate::WeakGc#identity) does. Each entry is an [`Ephemeron`], with
/// all that this promises: values may refer to keys, of this map and of others, and a cycle finds an entry dead together
/// with its key. A value is shared, as an object is: what is to change in it is in a [cell](crate#which-cell-when).
///
/// An entry dies with its key: it is not found and not iterated over from then on. Its memory comes back by and by: each
/// insertion removes dead entries from a few places of the table, so there is no long pause for it, and
/// [`purge`](Self::purge) removes all. A key that a finalizer revives is not in the map any more, as weak pointers to it
/// are cleared.
///
/// The map is changed through `&mut`: in an object it lies in a [`GcRefCell`](crate::GcRefCell), or in a
/// [`GcRwLock`](crate::GcRwLock) if several threads use it at the same time.
///
/// # Examples
///
/// What is known of nodes that do not know of it:
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, Mutation, Root, Trace, WeakMap};
///
/// #[derive(Trace)]
/// struct Node<'gc> {
///     children: Vec<Gc<'gc, Node<'gc>>>,
/// }
///
/// type Depths<'gc> = GcRefCell<WeakMap<'gc, Node<'gc>, usize>>;
///
/// fn depth<'gc>(mc: &Mutation<'gc>, depths: &Depths<'gc>, node: Gc<'gc, Node<'gc>>) -> usize {
///     if let Some(&known) = depths.borrow(mc).get(node) {
///         return known;
///     }
///     let found = node.children.iter().map(|&child| 1 + depth(mc, depths, child)).max().unwrap_or(0);
///     depths.borrow_mut(mc).insert(mc, node, found);
///     found
/// }
///
/// let heap = Heap::new();
/// let depths: Root<Depths<'static>> = heap.mutate(|mc| {
///     let depths = Gc::new(mc, GcRefCell::new(WeakMap::new()));
///     let leaf = Gc::new(mc, Node { children: Vec::new() });
///     let tree = Gc::new(mc, Node { children: vec![leaf] });
///     assert_eq!(depth(mc, &depths, tree), 1);
///     mc.root(depths)
/// });
/// heap.collect()?; // nobody keeps the tree
/// heap.mutate(|mc| assert_eq!(depths.get(mc).borrow(mc).iter(mc).count(), 0));
/// # Ok::<(), gc::CollectError>(())
/// ```
#[expect(explicit_outlives_requirements, reason = "makes `dyn Trait` default to the brand")]
pub struct WeakMap<'gc, K: ?Sized + 'gc, V: 'gc> {
    entries: Entries<Pair<'gc, K, V>>,
}

type Pair<'gc, K, V> = Gc<'gc, Ephemeron<'gc, K, V>>;

impl<K: ?Sized, V> Entry for Pair<'_, K, V> {
    #[inline]
    fn subject(&self) -> Option<NonNull<u8>> {
        Gc::as_ref(*self).weak_key().target_unsettled()
    }
}

/// The value of a pair.
///
/// # Safety
///
/// The pair's key is alive.
#[inline]
unsafe fn value_of<'gc, K: ?Sized, V>(pair: Pair<'gc, K, V>) -> &'gc V {
    // SAFETY: the caller's duty.
    unsafe { Gc::as_ref(pair).value_of_living() }
}

impl<K: ?Sized, V> WeakMap<'_, K, V> {
    /// An empty map, which has allocated nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRefCell::new(WeakMap::new()));
    ///     names.borrow_mut(mc).insert(mc, Gc::new(mc, 7), "seven");
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
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut map = WeakMap::new();
    ///     map.insert(mc, Gc::new(mc, 7), "seven");
    ///     assert_eq!(map.len(), 1);
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
    /// use gc::WeakMap;
    ///
    /// assert!(WeakMap::<u64, String>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all entries.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::new(), Gc::new(mc, 7));
    ///     map.insert(mc, key, "seven");
    ///     map.clear();
    ///     assert!(map.is_empty() && map.get(key).is_none());
    /// });
    /// ```
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

impl<'gc, K: ?Sized, V> WeakMap<'gc, K, V> {
    /// The value of a key, for the whole mutation. Costs a few loads, and takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::new(), Gc::new(mc, 7));
    ///     map.insert(mc, key, "seven");
    ///     assert_eq!(map.get(key), Some(&"seven"));
    ///     assert_eq!(map.get(Gc::new(mc, 7)), None); // another object
    /// });
    /// ```
    #[inline]
    pub fn get(&self, key: Gc<'gc, K>) -> Option<&'gc V> {
        let pair = self.entries.get_of(key)?;
        // SAFETY: the key is the caller's, who has a `Gc` to it.
        Some(unsafe { value_of(*pair) })
    }

    /// Whether there is a value for a key.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::new(), Gc::new(mc, 7));
    ///     assert!(!map.contains_key(key));
    ///     map.insert(mc, key, "seven");
    ///     assert!(map.contains_key(key));
    /// });
    /// ```
    #[inline]
    pub fn contains_key(&self, key: Gc<'gc, K>) -> bool {
        self.entries.get_of(key).is_some()
    }

    /// Removes a key; its value, if there was one, for the whole mutation.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::new(), Gc::new(mc, 7));
    ///     map.insert(mc, key, "seven");
    ///     assert_eq!(map.remove(key), Some(&"seven"));
    ///     assert_eq!(map.remove(key), None);
    /// });
    /// ```
    pub fn remove(&mut self, key: Gc<'gc, K>) -> Option<&'gc V> {
        let pair = self.entries.remove_of(key)?;
        // SAFETY: as in `get`.
        Some(unsafe { value_of(pair) })
    }

    /// The entries that are alive, in no order. Each costs a [`WeakGc::upgrade`](crate::WeakGc::upgrade).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut squares = WeakMap::new();
    ///     for number in 0..10 {
    ///         squares.insert(mc, Gc::new(mc, number), number * number);
    ///     }
    ///     assert!(squares.iter(mc).all(|(number, &square)| *number * *number == square));
    /// });
    /// ```
    pub fn iter<'m>(&'m self, mc: &'m Mutation<'gc>) -> impl Iterator<Item = (Gc<'gc, K>, &'gc V)> + 'm {
        self.entries.iter().filter_map(|pair| living(*pair, mc))
    }

    /// Removes the entries that `keeps` refuses, and those that are dead. If it panics the entries that it was not asked of
    /// stay.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut squares = WeakMap::new();
    ///     for number in 0..10 {
    ///         squares.insert(mc, Gc::new(mc, number), number * number);
    ///     }
    ///     squares.retain(mc, |_, &square| square % 2 == 0);
    ///     assert_eq!(squares.len(), 5);
    /// });
    /// ```
    pub fn retain(&mut self, mc: &Mutation<'gc>, mut keeps: impl FnMut(Gc<'gc, K>, &'gc V) -> bool) {
        self.entries.retain(|pair| living(*pair, mc).is_some_and(|(key, value)| keeps(key, value)));
    }

    /// Removes all dead entries, and gives up room in a table that has too much.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Root, WeakMap};
    ///
    /// let heap = Heap::new();
    /// let map: Root<GcRefCell<WeakMap<'static, u64, String>>> =
    ///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    /// heap.mutate(|mc| map.get(mc).borrow_mut(mc).insert(mc, Gc::new(mc, 7), "seven".into()).is_none());
    /// heap.collect()?;
    /// heap.mutate(|mc| {
    ///     let mut map = map.get(mc).borrow_mut(mc);
    ///     map.purge(mc);
    ///     assert!(map.is_empty());
    /// });
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn purge(&mut self, mc: &Mutation<'gc>) {
        self.retain(mc, |_, _| true);
    }
}

/// Key and value of a pair, if it is alive.
fn living<'gc, K: ?Sized, V>(pair: Pair<'gc, K, V>, mc: &Mutation<'gc>) -> Option<(Gc<'gc, K>, &'gc V)> {
    let key = pair.key(mc)?;
    // SAFETY: there it is.
    Some((key, unsafe { value_of(pair) }))
}

impl<'gc, K: ?Sized + Trace<'gc>, V: Trace<'gc>> WeakMap<'gc, K, V> {
    /// Sets the value of a key; the one before, if there was one, for the whole mutation.
    ///
    /// Costs an [`Ephemeron::new`] and a look at a few places of the table.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`](crate::AllocError). The map is
    /// unchanged then.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut map, key) = (WeakMap::new(), Gc::new(mc, 7));
    ///     assert_eq!(map.insert(mc, key, "seven"), None);
    ///     assert_eq!(map.insert(mc, key, "7"), Some(&"seven"));
    ///     assert_eq!(map.get(key), Some(&"7"));
    /// });
    /// ```
    #[track_caller]
    pub fn insert(&mut self, mc: &Mutation<'gc>, key: Gc<'gc, K>, value: V) -> Option<&'gc V> {
        self.put(mc, key, value).1
    }

    /// Sets the value of a key; that, and the one before.
    #[track_caller]
    pub(super) fn put(&mut self, mc: &Mutation<'gc>, key: Gc<'gc, K>, value: V) -> (&'gc V, Option<&'gc V>) {
        let pair = Ephemeron::new(mc, key, value);
        let before = self.entries.set_of(mc, key, pair);
        // SAFETY: as in `get`.
        (unsafe { value_of(pair) }, before.map(|before| unsafe { value_of(before) }))
    }

    /// The place of a key, to look at its value or to set it if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap, WeakMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut visits, node) = (WeakMap::new(), Gc::new(mc, "a node"));
    ///     for _ in 0..3 {
    ///         let count: &GcCell<u64> = visits.entry(mc, node).or_insert_with(|| GcCell::new(0));
    ///         count.set(mc, count.get() + 1);
    ///     }
    ///     assert_eq!(visits.get(node).unwrap().get(), 3);
    /// });
    /// ```
    pub fn entry<'m>(&'m mut self, mc: &'m Mutation<'gc>, key: Gc<'gc, K>) -> WeakMapEntry<'m, 'gc, K, V> {
        WeakMapEntry::new(self, mc, key)
    }
}

impl<K: ?Sized, V> Default for WeakMap<'_, K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: ?Sized, V> fmt::Debug for WeakMap<'_, K, V> {
    /// Prints the number of entries, as most cannot be looked at without `mc`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeakMap({} entries)", self.len())
    }
}

// SAFETY: as for its one field.
unsafe impl<'gc, K: ?Sized + Trace<'gc>, V: Trace<'gc>> Trace<'gc> for WeakMap<'gc, K, V> {
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
        Entries::<Pair<'gc, K, V>>::drop_kind(walk)
    }
}

// SAFETY: only the brand changes.
unsafe impl<K: ?Sized + RebrandDst, V: Rebrand> Rebrand for WeakMap<'_, K, V> {
    type Static = WeakMap<'static, K::Static, V::Static>;
    type At<'a> = WeakMap<'a, K::At<'a>, V::At<'a>>;
}
