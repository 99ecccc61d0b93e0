//! A hash table whose keys are held weakly: entries by the address of the key.
//!
//! An object does not move, so its address is a key as long as it lives. When it is dead its entry is dead, and no look-up
//! takes it for that of another object which has the slot now: an entry has a weak pointer to its key, which is cleared before
//! the slot is free ([`Entry::is_of`]).
//!
//! Dead entries are removed by and by: each insertion looks at a few places, in turn. Who finds the table full looks at all of
//! them, and would look at all entries to make a larger one anyway.

use core::ptr::NonNull;

use crate::pointer::WeakGc;
use crate::table::Table;

/// Places that an insertion looks at, for dead entries.
const PLACES: usize = 4;

/// What there is for a key.
pub(super) trait Entry {
    /// Where the key is, unless its death is known.
    fn key_unsettled(&self) -> Option<NonNull<u8>>;

    /// Whether it is the entry of the object at this address, which is alive: of the caller's, who has a `Gc` to it.
    ///
    /// If the entry's key is not known to be dead, and was at the same address, it is the same object: had it died, the slot
    /// would be another object's after a sweep only, which has cleared the weak pointer first. So nothing has to be swept.
    #[inline]
    fn is_of(&self, address: usize) -> bool {
        self.key_unsettled().is_some_and(|key| key.addr().get() == address)
    }
}

impl<T: ?Sized> Entry for WeakGc<'_, T> {
    #[inline]
    fn key_unsettled(&self) -> Option<NonNull<u8>> {
        self.target_unsettled()
    }
}

/// Entries by key.
#[derive(Debug)]
pub(super) struct Entries<E> {
    table: Table<E>,
    /// The place that is looked at next for a dead entry.
    next: usize,
}

impl<E> Default for Entries<E> {
    fn default() -> Self {
        Self { table: Table::default(), next: 0 }
    }
}

impl<E: Entry> Entries<E> {
    /// All entries, those included that are dead and have not been removed.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// The entry of a living key.
    #[inline]
    pub(super) fn get(&self, address: usize) -> Option<&E> {
        self.table.get(address).filter(|entry| entry.is_of(address))
    }

    /// Sets the entry of a living key; the one before.
    pub(super) fn insert(&mut self, address: usize, entry: E) -> Option<E> {
        let is_dead = |entry: &E| entry.key_unsettled().is_none();
        self.table.remove_some(&mut self.next, PLACES, is_dead);
        if self.table.is_full() {
            self.table.retain(|entry| !is_dead(entry));
            self.table.adapt();
        }
        self.table.insert(address, entry).filter(|before| before.is_of(address))
    }

    /// Removes the entry of a living key.
    pub(super) fn remove(&mut self, address: usize) -> Option<E> {
        // One that is dead goes, too.
        self.table.remove(address).filter(|entry| entry.is_of(address))
    }

    /// Removes the entries that `keeps` does not want.
    pub(super) fn retain(&mut self, mut keeps: impl FnMut(&E) -> bool) {
        self.table.retain(|entry| keeps(entry));
        self.table.adapt();
    }

    /// Removes all.
    pub(super) fn clear(&mut self) {
        self.table = Table::default();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &E> {
        self.table.iter().map(|(_, entry)| entry)
    }

    /// The places of the table, to be traced in pieces.
    pub(super) fn places(&self) -> &[Option<(usize, E)>] {
        self.table.places()
    }
}
