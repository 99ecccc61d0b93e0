//! [`WeakValueMap`]: objects by key, as long as the objects live.

use core::borrow::Borrow;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::ptr::NonNull;
use std::hash::RandomState;

use super::entries::{Entries, Entry};
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::{Gc, WeakGc};
use crate::trace::{Rebrand, RebrandDst, Tally, Trace, Tracer};

/// A map from keys to objects that does not keep the objects: what is loaded by name, as long as somebody uses it.
///
/// The other way round than a [`WeakMap`](crate::WeakMap): keys are values, compared by `Eq` and `Hash`, and belong to the
/// map. A key may hold a `Gc`, which is kept as long as the entry is there. So a key that leads to its object keeps the object.
///
/// An entry dies with its object: it is not found and not iterated over from then on. Its memory comes back by and by: each
/// insertion removes dead entries from a few places of the table, so there is no long pause for it, and
/// [`purge`](Self::purge) removes all. An object that a finalizer revives is not in the map any more, as weak pointers to it
/// are cleared. A dead entry gives way to another one with its key; one that is removed later is that entry, never its
/// successor.
///
/// The map is changed through `&mut`: in an object it lies in a [`GcRefCell`](crate::GcRefCell), or in a
/// [`GcRwLock`](crate::GcRwLock) if several threads use it at the same time. `Hash`, `Eq` and the destructors of keys are code of
/// the program that runs meanwhile. If it comes back to the map that cell says what happens. If it panics the map is whole, and
/// nothing is lost that had been there.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, Mutation, Root, Trace, WeakValueMap};
///
/// #[derive(Trace)]
/// struct Image {
///     pixels: Vec<u8>,
/// }
///
/// type Images<'gc> = GcRefCell<WeakValueMap<'gc, String, Image>>;
///
/// fn image<'gc>(mc: &Mutation<'gc>, images: &Images<'gc>, name: &str) -> Gc<'gc, Image> {
///     images.borrow_mut(mc).get_or_insert_with(mc, name.into(), |_| Gc::new(mc, Image { pixels: vec![0; 1000] }))
/// }
///
/// let heap = Heap::new();
/// let images: Root<Images<'static>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
/// let used: Root<Image> = heap.mutate(|mc| {
///     let images = images.get(mc);
///     assert_eq!(image(mc, &images, "once").pixels.len(), 1000);
///     mc.root(image(mc, &images, "used"))
/// });
/// heap.collect()?;
/// heap.mutate(|mc| {
///     let images = images.get(mc);
///     assert!(images.borrow(mc).get(mc, "once").is_none());
///     assert!(Gc::ptr_eq(image(mc, &images, "used"), used.get(mc)));
/// });
/// # Ok::<(), gc::CollectError>(())
/// ```
#[expect(explicit_outlives_requirements, reason = "makes `dyn Trait` default to the brand")]
pub struct WeakValueMap<'gc, K, V: ?Sized + 'gc, S = RandomState> {
    entries: Entries<Named<'gc, K, V>>,
    hasher: S,
}

/// A key and its object.
type Named<'gc, K, V> = (K, WeakGc<'gc, V>);

impl<K, V: ?Sized> Entry for Named<'_, K, V> {
    #[inline]
    fn subject(&self) -> Option<NonNull<u8>> {
        self.1.target_unsettled()
    }
}

impl<K, V: ?Sized> WeakValueMap<'_, K, V> {
    /// An empty map, which has allocated nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = WeakValueMap::new();
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7));
    /// });
    /// ```
    pub fn new() -> Self {
        Self::with_hasher(RandomState::new())
    }
}

impl<K, V: ?Sized, S> WeakValueMap<'_, K, V, S> {
    /// An empty map that hashes keys with this.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasherDefault, DefaultHasher};
    ///
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = WeakValueMap::with_hasher(BuildHasherDefault::<DefaultHasher>::default());
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7));
    /// });
    /// ```
    pub fn with_hasher(hasher: S) -> Self {
        Self { entries: Entries::default(), hasher }
    }

    /// The number of entries: no more than these are alive. Dead ones count until they are removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = WeakValueMap::new();
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7));
    ///     assert_eq!(numbers.len(), 1);
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
    /// use gc::WeakValueMap;
    ///
    /// assert!(WeakValueMap::<String, u64>::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes all entries.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = WeakValueMap::new();
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7));
    ///     numbers.clear();
    ///     assert!(numbers.is_empty());
    /// });
    /// ```
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

impl<'gc, K, V: ?Sized, S> WeakValueMap<'gc, K, V, S> {
    /// The entries that are alive, in no order. Each costs a [`WeakGc::upgrade`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut squares = WeakValueMap::new();
    ///     for number in 0..10 {
    ///         squares.insert(mc, number, Gc::new(mc, number * number));
    ///     }
    ///     assert!(squares.iter(mc).all(|(number, square)| number * number == *square));
    /// });
    /// ```
    pub fn iter<'m>(&'m self, mc: &'m Mutation<'gc>) -> impl Iterator<Item = (&'m K, Gc<'gc, V>)> + 'm {
        self.entries.iter().filter_map(|(key, value)| Some((key, value.upgrade(mc)?)))
    }

    /// Removes the entries that `keeps` refuses, and those that are dead. If it panics the entries that it was not asked of
    /// stay.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut squares = WeakValueMap::new();
    ///     for number in 0..10 {
    ///         squares.insert(mc, number, Gc::new(mc, number * number));
    ///     }
    ///     squares.retain(mc, |_, square| *square % 2 == 0);
    ///     assert_eq!(squares.len(), 5);
    /// });
    /// ```
    pub fn retain(&mut self, mc: &Mutation<'gc>, mut keeps: impl FnMut(&K, Gc<'gc, V>) -> bool) {
        self.entries.retain(|(key, value)| value.upgrade(mc).is_some_and(|value| keeps(key, value)));
    }

    /// Removes all dead entries, and gives up room in a table that has too much.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Root, WeakValueMap};
    ///
    /// let heap = Heap::new();
    /// let numbers: Root<GcRefCell<WeakValueMap<'static, String, u64>>> =
    ///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    /// heap.mutate(|mc| numbers.get(mc).borrow_mut(mc).insert(mc, "seven".into(), Gc::new(mc, 7)).is_none());
    /// heap.collect()?;
    /// heap.mutate(|mc| {
    ///     let mut numbers = numbers.get(mc).borrow_mut(mc);
    ///     numbers.purge(mc);
    ///     assert!(numbers.is_empty());
    /// });
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn purge(&mut self, mc: &Mutation<'gc>) {
        self.retain(mc, |_, _| true);
    }
}

impl<'gc, K: Hash + Eq, V: ?Sized, S: BuildHasher> WeakValueMap<'gc, K, V, S> {
    #[expect(clippy::cast_possible_truncation, reason = "some bits of a hash are one, too")]
    fn hash<Q: ?Sized + Hash>(&self, key: &Q) -> usize {
        self.hasher.hash_one(key) as usize
    }

    /// The object of a key, if it is alive. Costs a hash, a comparison and a [`WeakGc::upgrade`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut numbers, seven) = (WeakValueMap::new(), Gc::new(mc, 7));
    ///     numbers.insert(mc, String::from("seven"), seven);
    ///     assert!(Gc::ptr_eq(numbers.get(mc, "seven").unwrap(), seven));
    ///     assert!(numbers.get(mc, "eight").is_none());
    /// });
    /// ```
    #[inline]
    pub fn get<Q: ?Sized + Hash + Eq>(&self, mc: &Mutation<'gc>, key: &Q) -> Option<Gc<'gc, V>>
    where
        K: Borrow<Q>,
    {
        let (_, value) = self.entries.get(self.hash(key), |(known, _)| known.borrow() == key)?;
        value.upgrade(mc)
    }

    /// Whether there is an object for a key, and it is alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = WeakValueMap::new();
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7));
    ///     assert!(numbers.contains_key(mc, "seven") && !numbers.contains_key(mc, "eight"));
    /// });
    /// ```
    pub fn contains_key<Q: ?Sized + Hash + Eq>(&self, mc: &Mutation<'gc>, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(mc, key).is_some()
    }

    /// Removes a key; its object, if there was one and it is alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = WeakValueMap::new();
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7));
    ///     assert_eq!(*numbers.remove(mc, "seven").unwrap(), 7);
    ///     assert!(numbers.remove(mc, "seven").is_none());
    /// });
    /// ```
    pub fn remove<Q: ?Sized + Hash + Eq>(&mut self, mc: &Mutation<'gc>, key: &Q) -> Option<Gc<'gc, V>>
    where
        K: Borrow<Q>,
    {
        let (_, value) = self.entries.remove(self.hash(key), |(known, _)| known.borrow() == key)?;
        value.upgrade(mc)
    }
}

impl<'gc, K: Hash + Eq, V: ?Sized + Trace<'gc>, S: BuildHasher> WeakValueMap<'gc, K, V, S> {
    /// Sets the object of a key; the one before, if there was one and it is alive.
    ///
    /// If there was one the key that is there stays, as in std's map. Costs a hash, a [`Gc::downgrade`] and a look at a few
    /// places of the table.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`](crate::AllocError). The map is
    /// unchanged then, but for dead entries, and so it is if hashing or comparing panics, or the destructor of a dead entry's key.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut numbers, [one, two]) = (WeakValueMap::new(), [1, 2].map(|number| Gc::new(mc, number)));
    ///     assert!(numbers.insert(mc, "number", one).is_none());
    ///     assert!(Gc::ptr_eq(numbers.insert(mc, "number", two).unwrap(), one));
    ///     assert!(Gc::ptr_eq(numbers.get(mc, "number").unwrap(), two));
    /// });
    /// ```
    #[track_caller]
    pub fn insert(&mut self, mc: &Mutation<'gc>, key: K, value: Gc<'gc, V>) -> Option<Gc<'gc, V>> {
        let hash = self.hash(&key);
        self.set(mc, hash, key, value)
    }

    /// The object of a key; what `make` gives becomes it if there is none that is alive.
    ///
    /// # Panics
    ///
    /// As [`insert`](Self::insert). If `make` panics the map is unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, WeakValueMap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut texts = WeakValueMap::new();
    ///     let one = texts.get_or_insert_with(mc, 7, |number| Gc::new(mc, number.to_string()));
    ///     let other = texts.get_or_insert_with(mc, 7, |_| unreachable!("it is there"));
    ///     assert!(Gc::ptr_eq(one, other));
    /// });
    /// ```
    #[track_caller]
    pub fn get_or_insert_with(
        &mut self,
        mc: &Mutation<'gc>,
        key: K,
        make: impl FnOnce(&K) -> Gc<'gc, V>,
    ) -> Gc<'gc, V> {
        let hash = self.hash(&key);
        let known = self.entries.get(hash, |(known, _)| *known == key);
        if let Some(value) = known.and_then(|(_, value)| value.upgrade(mc)) {
            return value;
        }
        let made = make(&key);
        self.set(mc, hash, key, made);
        made
    }

    #[track_caller]
    fn set(&mut self, mc: &Mutation<'gc>, hash: usize, key: K, value: Gc<'gc, V>) -> Option<Gc<'gc, V>> {
        let value = Gc::downgrade(value, mc);
        self.entries.make_room(mc);
        let Some(known) = self.entries.get_mut(hash, |(known, _)| *known == key) else {
            self.entries.add(hash, (key, value));
            return None;
        };
        let before = core::mem::replace(&mut known.1, value).upgrade(mc);
        if before.is_none() {
            // To the program there was no entry, so its key is the new one.
            known.0 = key;
        }
        before
    }
}

impl<K, V: ?Sized, S: Default> Default for WeakValueMap<'_, K, V, S> {
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<K, V: ?Sized, S> fmt::Debug for WeakValueMap<'_, K, V, S> {
    /// Prints the number of entries, as no object can be looked at without `mc`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeakValueMap({} entries)", self.len())
    }
}

// SAFETY: as for the entries. The hasher, which is `'static`, has no edges. Duty 5: entries and hasher are dropped, of which
// the walk asks.
unsafe impl<'gc, K: Trace<'gc>, V: ?Sized + Trace<'gc>, S: Send + Sync + 'static> Trace<'gc>
    for WeakValueMap<'gc, K, V, S>
{
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
        Entries::<Named<'gc, K, V>>::drop_kind(walk).and(walk.unknown::<S>())
    }
}

// SAFETY: only the brand changes.
unsafe impl<K: Rebrand, V: ?Sized + RebrandDst, S: Send + Sync + 'static> Rebrand
    for WeakValueMap<'_, K, V, S>
{
    type Static = WeakValueMap<'static, K::Static, V::Static, S>;
    type At<'a> = WeakValueMap<'a, K::At<'a>, V::At<'a>, S>;
}
