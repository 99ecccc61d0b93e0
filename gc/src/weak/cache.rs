//! [`Cache`]: the objects that were used last, and what else is still there.
//!
//! One table by key for all entries, with a weak pointer to the object of each; and the *held* objects in the order of use, with
//! edges to them. So a look-up hashes once, whether the object is held or not. (A crate for such caches has a table of its own,
//! with the keys in it: a second one beside the weak entries, another hash for each use, and each key twice. And its nodes are
//! reached one by one through an iterator, while these lie in a slice.)

use core::borrow::Borrow;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::ptr::NonNull;
use std::hash::RandomState;

use super::entries::{Entries, Entry};
use super::recency::Recency;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::{Gc, WeakGc};
use crate::trace::{Rebrand, RebrandDst, Static, Tally, Trace, Tracer};

/// Objects by key: those that were used last are held, up to a limit, and the others are found as long as they live.
///
/// Each object has a cost, of which the program says what it is: 1 if the limit is a number of objects, or its bytes if the limit
/// is a number of bytes. When the costs of what is held exceed the limit, what was not used for longest is held no more. It
/// is still found, as in a [`WeakValueMap`](crate::WeakValueMap), as long as something else keeps it or no cycle has
/// found out; and when it is found it is held again. So an object that is in use is never loaded twice, however small the
/// limit.
///
/// Keys belong to the cache. An entry dies with its object, and its memory comes back by and by, as that of a
/// `WeakValueMap`. The cache is changed through `&mut`, also by a look-up: in an object it lies in a
/// [`GcRefCell`](crate::GcRefCell) or a [`GcRwLock`](crate::GcRwLock).
///
/// # Examples
///
/// ```
/// use gc::{Cache, Gc, GcRefCell, Heap, Root};
///
/// let heap = Heap::new();
/// let texts: Root<GcRefCell<Cache<'static, u32, String>>> =
///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Cache::new(2)))));
/// let used: Root<String> = heap.mutate(|mc| {
///     let mut texts = texts.get(mc).borrow_mut(mc);
///     let mut text = |number: u32| {
///         texts.get_or_insert_with(mc, number, |number| (Gc::new(mc, number.to_string()), 1))
///     };
///     let used = text(1);
///     (2..=4).for_each(|number| _ = text(number));
///     mc.root(used)
/// });
/// heap.collect()?;
/// heap.mutate(|mc| {
///     let texts = texts.get(mc).borrow(mc);
///     let known = [1, 2, 3, 4].map(|number| texts.peek(mc, &number).is_some());
///     assert_eq!(known, [true, false, true, true]); // in use; nowhere; held; held
/// });
/// # drop(used);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[expect(explicit_outlives_requirements, reason = "makes `dyn Trait` default to the brand")]
pub struct Cache<'gc, K, V: ?Sized + 'gc, S = RandomState> {
    entries: Entries<Cached<'gc, K, V>>,
    held: Recency<Held<'gc, V>>,
    /// Of what is held: no more than the limit.
    cost: usize,
    limit: usize,
    hasher: S,
}

/// A key, its object, and how that stands.
type Cached<'gc, K, V> = (K, WeakGc<'gc, V>, Static<Standing>);

/// An object, the hash of its key, its cost.
type Held<'gc, V> = (Gc<'gc, V>, usize, usize);

#[derive(Clone, Copy, Debug)]
struct Standing {
    cost: usize,
    /// Where it is held.
    place: Option<usize>,
}

/// So that two costs have a sum.
const LARGEST_LIMIT: usize = usize::MAX / 2;

impl<K, V: ?Sized> Entry for Cached<'_, K, V> {
    #[inline]
    fn subject(&self) -> Option<NonNull<u8>> {
        self.1.target_unsettled()
    }
}

impl<K, V: ?Sized> Cache<'_, K, V> {
    /// An empty cache that holds objects whose costs sum up to so much at most.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut lines = Cache::new(1 << 20); // bytes
    ///     let line = Gc::str(mc, "a line of text");
    ///     lines.insert(mc, 1, line, line.len());
    /// });
    /// ```
    pub fn new(limit: usize) -> Self {
        Self::with_hasher(limit, RandomState::new())
    }
}

impl<K, V: ?Sized, S> Cache<'_, K, V, S> {
    /// As [`new`](Cache::new), with keys hashed by this.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasherDefault, DefaultHasher};
    ///
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = Cache::with_hasher(100, BuildHasherDefault::<DefaultHasher>::default());
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7), 1);
    /// });
    /// ```
    pub fn with_hasher(limit: usize, hasher: S) -> Self {
        Self {
            entries: Entries::default(),
            held: Recency::default(),
            cost: 0,
            limit: limit.min(LARGEST_LIMIT),
            hasher,
        }
    }

    /// The number of entries, of which no more are alive: those that are held, others, and dead ones until they are removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = Cache::new(1);
    ///     (0..3).for_each(|number| _ = numbers.insert(mc, number, Gc::new(mc, number), 1));
    ///     assert_eq!((numbers.len(), numbers.held()), (3, 1));
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
    /// use gc::Cache;
    ///
    /// assert!(Cache::<String, u64>::new(100).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of objects that are held.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = Cache::new(2);
    ///     (0..3).for_each(|number| _ = numbers.insert(mc, number, Gc::new(mc, number), 1));
    ///     assert_eq!(numbers.held(), 2);
    /// });
    /// ```
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// What the objects that are held cost together.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut lines = Cache::new(10);
    ///     ["seven", "eight", "nine"].map(|line| lines.insert(mc, line, Gc::str(mc, line), line.len()));
    ///     assert_eq!((lines.cost(), lines.held()), (9, 2));
    /// });
    /// ```
    pub fn cost(&self) -> usize {
        self.cost
    }

    /// Removes all entries.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = Cache::new(100);
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7), 1);
    ///     numbers.clear();
    ///     assert!(numbers.is_empty());
    /// });
    /// ```
    pub fn clear(&mut self) {
        self.held = Recency::default();
        self.cost = 0;
        self.entries.clear();
    }

    /// Sets the limit, and lets go of what exceeds it. With 0 all is let go that has a cost, and still found as long as it
    /// lives: for when memory is short.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, GcRefCell, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let numbers: Root<GcRefCell<Cache<'static, u64, u64>>> =
    ///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Cache::new(100)))));
    /// heap.mutate(|mc| _ = numbers.get(mc).borrow_mut(mc).insert(mc, 7, Gc::new(mc, 7), 1));
    /// heap.mutate(|mc| numbers.get(mc).borrow_mut(mc).set_limit(0));
    /// heap.collect()?;
    /// heap.mutate(|mc| assert!(numbers.get(mc).borrow(mc).peek(mc, &7).is_none()));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.min(LARGEST_LIMIT);
        self.keep_limit();
    }

    /// Lets go of what was not used for longest, until the limit is kept.
    fn keep_limit(&mut self) {
        while self.cost > self.limit
            && let Some(place) = self.held.oldest()
        {
            self.let_go(place);
        }
    }

    /// Holds the object at a place no more.
    fn let_go(&mut self, place: usize) {
        let Some((_, hash, cost)) = self.held.remove(place) else { return };
        self.cost -= cost;
        let is_it = |(_, _, standing): &Cached<'_, K, V>| standing.place == Some(place);
        if let Some((_, _, standing)) = self.entries.get_mut(hash, is_it) {
            standing.place = None;
        }
    }
}

impl<'gc, K, V: ?Sized, S> Cache<'gc, K, V, S> {
    /// The entries that are alive, in no order; that is no use. Each costs a [`WeakGc::upgrade`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = Cache::new(5);
    ///     (0..10).for_each(|number| _ = numbers.insert(mc, number, Gc::new(mc, number), 1));
    ///     assert!(numbers.iter(mc).all(|(key, number)| *key == *number));
    /// });
    /// ```
    pub fn iter<'m>(&'m self, mc: &'m Mutation<'gc>) -> impl Iterator<Item = (&'m K, Gc<'gc, V>)> + 'm {
        self.entries.iter().filter_map(|(key, value, _)| Some((key, value.upgrade(mc)?)))
    }

    /// Removes all dead entries, and gives up room in a table that has too much.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, GcRefCell, Heap, Root};
    ///
    /// let heap = Heap::new();
    /// let numbers: Root<GcRefCell<Cache<'static, u64, u64>>> =
    ///     heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Cache::new(1)))));
    /// heap.mutate(|mc| {
    ///     let mut numbers = numbers.get(mc).borrow_mut(mc);
    ///     (0..10).for_each(|number| _ = numbers.insert(mc, number, Gc::new(mc, number), 1));
    /// });
    /// heap.collect()?;
    /// heap.mutate(|mc| {
    ///     let mut numbers = numbers.get(mc).borrow_mut(mc);
    ///     numbers.purge(mc);
    ///     assert_eq!(numbers.len(), 1);
    /// });
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn purge(&mut self, mc: &Mutation<'gc>) {
        self.entries.retain(|(_, value, _)| value.upgrade(mc).is_some());
    }
}

impl<'gc, K: Hash + Eq, V: ?Sized, S: BuildHasher> Cache<'gc, K, V, S> {
    #[expect(clippy::cast_possible_truncation, reason = "some bits of a hash are one, too")]
    fn hash<Q: ?Sized + Hash>(&self, key: &Q) -> usize {
        self.hasher.hash_one(key) as usize
    }

    /// The object of a key, if it is alive; it is held from now on, as the one that was used last.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = Cache::new(2);
    ///     [1, 2].map(|number| numbers.insert(mc, number, Gc::new(mc, number), 1));
    ///     assert_eq!(*numbers.get(mc, &1).unwrap(), 1); // so 2 is the next one to be let go
    ///     assert!(numbers.get(mc, &3).is_none());
    /// });
    /// ```
    pub fn get<Q: ?Sized + Hash + Eq>(&mut self, mc: &Mutation<'gc>, key: &Q) -> Option<Gc<'gc, V>>
    where
        K: Borrow<Q>,
    {
        let hash = self.hash(key);
        let (_, value, Static(standing)) = self.entries.get_mut(hash, |(known, ..)| known.borrow() == key)?;
        let value = value.upgrade(mc)?;
        if let Some(place) = standing.place {
            self.held.touch(place);
        } else if standing.cost <= self.limit {
            standing.place = Some(self.held.add((value, hash, standing.cost)));
            self.cost += standing.cost;
            self.keep_limit();
        }
        Some(value)
    }

    /// The object of a key, if it is alive. That is no use: what is held, and is to be let go next, stays as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = Cache::new(100);
    ///     numbers.insert(mc, String::from("seven"), Gc::new(mc, 7), 1);
    ///     assert_eq!(*numbers.peek(mc, "seven").unwrap(), 7);
    /// });
    /// ```
    pub fn peek<Q: ?Sized + Hash + Eq>(&self, mc: &Mutation<'gc>, key: &Q) -> Option<Gc<'gc, V>>
    where
        K: Borrow<Q>,
    {
        let (_, value, _) = self.entries.get(self.hash(key), |(known, ..)| known.borrow() == key)?;
        value.upgrade(mc)
    }

    /// Removes a key; its object, if there was one and it is alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = Cache::new(100);
    ///     numbers.insert(mc, "seven", Gc::new(mc, 7), 1);
    ///     assert_eq!(*numbers.remove(mc, "seven").unwrap(), 7);
    ///     assert_eq!((numbers.len(), numbers.held()), (0, 0));
    /// });
    /// ```
    pub fn remove<Q: ?Sized + Hash + Eq>(&mut self, mc: &Mutation<'gc>, key: &Q) -> Option<Gc<'gc, V>>
    where
        K: Borrow<Q>,
    {
        let is_it = |(known, ..): &Cached<'gc, K, V>| known.borrow() == key;
        let (_key, value, Static(standing)) = self.entries.remove(self.hash(key), is_it)?;
        if let Some(place) = standing.place {
            self.let_go(place);
        }
        value.upgrade(mc)
    }
}

impl<'gc, K: Hash + Eq, V: ?Sized + Trace<'gc>, S: BuildHasher> Cache<'gc, K, V, S> {
    /// Sets the object of a key, and its cost; the one before, if there was one and it is alive.
    ///
    /// It is held, as the one that was used last; if it alone costs more than the limit it is found as long as it lives and
    /// holds nothing. With a cost of 0 it is held until the entry is removed.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`](crate::AllocError). The cache is
    /// unchanged then, but for dead entries, and so it is if hashing or comparing panics, or the destructor of a dead entry's key.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let (mut numbers, [one, two]) = (Cache::new(100), [1, 2].map(|number| Gc::new(mc, number)));
    ///     assert!(numbers.insert(mc, "number", one, 1).is_none());
    ///     assert!(Gc::ptr_eq(numbers.insert(mc, "number", two, 1).unwrap(), one));
    /// });
    /// ```
    #[track_caller]
    pub fn insert(
        &mut self,
        mc: &Mutation<'gc>,
        key: K,
        value: Gc<'gc, V>,
        cost: usize,
    ) -> Option<Gc<'gc, V>> {
        let (hash, weak) = (self.hash(&key), Gc::downgrade(value, mc));
        self.entries.make_room(mc);
        let known = self.entries.get_mut(hash, |(known, ..)| *known == key);
        let place = (cost <= self.limit).then(|| self.held.add((value, hash, cost)));
        self.cost += place.map_or(0, |_| cost);
        let standing = Static(Standing { cost, place });
        let Some((known, before, stood)) = known else {
            self.entries.add(hash, (key, weak, standing));
            self.keep_limit();
            return None;
        };
        let before = core::mem::replace(before, weak).upgrade(mc);
        // To the program there was no entry if its object is dead, so the key is the new one.
        let _key = if before.is_none() { core::mem::replace(known, key) } else { key };
        if let Some(place) = core::mem::replace(stood, standing).place {
            self.let_go(place);
        }
        self.keep_limit();
        before
    }

    /// The object of a key, which is held from now on; what `make` gives becomes it, with its cost, if there is none alive.
    ///
    /// # Panics
    ///
    /// As [`insert`](Self::insert). If `make` panics the cache is unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Cache, Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut texts = Cache::new(1 << 20);
    ///     let text = texts.get_or_insert_with(mc, 7, |number| {
    ///         let text = Gc::str(mc, &number.to_string());
    ///         (text, text.len())
    ///     });
    ///     assert_eq!((&*text, texts.cost()), ("7", 1));
    /// });
    /// ```
    #[track_caller]
    pub fn get_or_insert_with(
        &mut self,
        mc: &Mutation<'gc>,
        key: K,
        make: impl FnOnce(&K) -> (Gc<'gc, V>, usize),
    ) -> Gc<'gc, V> {
        if let Some(known) = self.get(mc, &key) {
            return known;
        }
        let (made, cost) = make(&key);
        self.insert(mc, key, made, cost);
        made
    }
}

impl<K, V: ?Sized, S> fmt::Debug for Cache<'_, K, V, S> {
    /// Prints numbers, as no object can be looked at without `mc`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cost, limit, .. } = self;
        write!(f, "Cache({} entries, {} held, cost {cost} of {limit})", self.len(), self.held())
    }
}

// SAFETY: duty 1: the edges are those of the entries and of what is held, all in the tail. The hasher, which is `'static`, has
// none. Duty 2: the mask is empty. Duty 5: entries and hasher are dropped, of which the walk asks, and vectors of pointers.
unsafe impl<'gc, K: Trace<'gc>, V: ?Sized + Trace<'gc>, S: Send + Sync + 'static> Trace<'gc>
    for Cache<'gc, K, V, S>
{
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        self.entries.trace(tracer);
        tracer.slice(self.held.items());
    }

    fn owned(&self, tally: &mut Tally) {
        self.entries.owned(tally);
        tally.add(self.held.bytes());
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        Entries::<Cached<'gc, K, V>>::drop_kind(walk).and(walk.unknown::<S>())
    }
}

// SAFETY: only the brand changes.
unsafe impl<K: Rebrand, V: ?Sized + RebrandDst, S: Send + Sync + 'static> Rebrand for Cache<'_, K, V, S> {
    type Static = Cache<'static, K::Static, V::Static, S>;
    type At<'a> = Cache<'a, K::At<'a>, V::At<'a>, S>;
}
