//! The cache: a map for finding, and a list of its entries in the order of their use.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use gc::{Gc, GcCell, GcRefCell, Leaf, Mutation, Trace};

/// An entry: in the list between the one used just before it and the one used just after it.
#[derive(Trace)]
struct Entry<'gc, #[trace(static)] K, V> {
    key: K,
    value: Gc<'gc, V>,
    older: Link<'gc, K, V>,
    newer: Link<'gc, K, V>,
}

type Link<'gc, K, V> = GcCell<Option<Gc<'gc, Entry<'gc, K, V>>>>;

/// A cache of a number of objects: who is put in drives out who has not been used for longest.
///
/// It is for one thread at a time. The values may point to anything, the cache included.
#[derive(Trace)]
pub(crate) struct Lru<'gc, #[trace(static)] K, V> {
    capacity: usize,
    entries: GcRefCell<HashMap<K, Gc<'gc, Entry<'gc, K, V>>>>,
    oldest: Link<'gc, K, V>,
    newest: Link<'gc, K, V>,
}

impl<'gc, K: Leaf + Clone + Hash + Eq, V: Trace<'gc>> Lru<'gc, K, V> {
    /// An empty cache for that many objects, at least one.
    pub(crate) fn new(mc: &Mutation<'gc>, capacity: usize) -> Gc<'gc, Self> {
        let entries = GcRefCell::new(HashMap::with_capacity(capacity));
        let (oldest, newest) = (GcCell::new(None), GcCell::new(None));
        Gc::new(mc, Self { capacity: capacity.max(1), entries, oldest, newest })
    }

    /// The value for a key, which is now the latest used.
    pub(crate) fn get<Q: ?Sized + Hash + Eq>(&self, mc: &Mutation<'gc>, key: &Q) -> Option<Gc<'gc, V>>
    where
        K: Borrow<Q>,
    {
        let entry = *self.entries.borrow(mc).get(key)?;
        self.unlink(mc, entry);
        self.link_as_newest(mc, entry);
        Some(entry.value)
    }

    /// Puts a value in, as the latest used, and drives out another one if there is no room.
    pub(crate) fn insert(&self, mc: &Mutation<'gc>, key: K, value: Gc<'gc, V>) {
        let (older, newer) = (GcCell::new(None), GcCell::new(None));
        let entry = Gc::new(mc, Entry { key: key.clone(), value, older, newer });
        let replaced = self.entries.borrow_mut(mc).insert(key, entry);
        if let Some(replaced) = replaced {
            self.unlink(mc, replaced);
        }
        self.link_as_newest(mc, entry);
        if self.entries.borrow(mc).len() > self.capacity {
            let oldest = self.oldest.get().expect("one at least is in the list");
            self.unlink(mc, oldest);
            self.entries.borrow_mut(mc).remove(&oldest.key);
        }
    }

    /// The keys, the latest used first.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'gc K> {
        let entries = std::iter::successors(self.newest.get(), |entry| entry.older.get());
        entries.map(|entry| &Gc::as_ref(entry).key)
    }

    fn link_as_newest(&self, mc: &Mutation<'gc>, entry: Gc<'gc, Entry<'gc, K, V>>) {
        let before = self.newest.replace(mc, Some(entry));
        entry.older.set(mc, before);
        entry.newer.set(mc, None);
        before.map_or(&self.oldest, |before| &Gc::as_ref(before).newer).set(mc, Some(entry));
    }

    fn unlink(&self, mc: &Mutation<'gc>, entry: Gc<'gc, Entry<'gc, K, V>>) {
        let (older, newer) = (entry.older.get(), entry.newer.get());
        older.map_or(&self.oldest, |older| &Gc::as_ref(older).newer).set(mc, newer);
        newer.map_or(&self.newest, |newer| &Gc::as_ref(newer).older).set(mc, older);
    }
}
