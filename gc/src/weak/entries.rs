//! Hash tables whose entries die.
//!
//! Each entry dies with an object, its *subject*: the key of a weak map, the value of an interner. Dead entries are removed by and
//! by: each insertion looks at a few places, in turn. Who finds the table full looks at all of them, and would look at all
//! entries to make a larger one anyway.
//!
//! # Entries by address
//!
//! An object does not move, so its address is a key as long as it lives. When it is dead its entry is dead, and no look-up
//! takes it for that of another object which has the slot now: an entry has a weak pointer to its subject, which is cleared
//! before the slot is free ([`Entry::is_of`]).
//!
//! # Code of the program
//!
//! What an entry owns may have a destructor of the program, and what tells an entry from others of the same hash may be its
//! `Eq`. Both may panic. An entry is dropped when the table is whole without it, and a search changes nothing.

use core::mem::needs_drop;
use core::ptr::NonNull;

use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::{Gc, WeakGc};
use crate::table::Table;
use crate::trace::{Tally, Trace, Tracer};

/// Places that an insertion looks at, for dead entries.
const PLACES: usize = 4;

/// What dies with an object.
pub(super) trait Entry {
    /// Where the object is, unless its death is known. It may be dead all the same.
    fn subject(&self) -> Option<NonNull<u8>>;

    /// Whether its death is known.
    #[inline]
    fn is_dead(&self) -> bool {
        self.subject().is_none()
    }

    /// Whether it is the entry of the object at this address, which is alive: of the caller's, who has a `Gc` to it.
    ///
    /// If the entry's subject is not known to be dead, and was at the same address, it is the same object: had it died, the slot
    /// would be another object's after a sweep only, which has cleared the weak pointer first. So nothing has to be swept.
    #[inline]
    fn is_of(&self, address: usize) -> bool {
        self.subject().is_some_and(|subject| subject.addr().get() == address)
    }
}

impl<T: ?Sized> Entry for WeakGc<'_, T> {
    #[inline]
    fn subject(&self) -> Option<NonNull<u8>> {
        self.target_unsettled()
    }
}

/// Entries by hash or address.
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

impl<E> Entries<E> {
    /// All entries, those included that are dead and have not been removed.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &E> {
        self.table.iter().map(|(_, entry)| entry)
    }

    /// Removes all.
    pub(super) fn clear(&mut self) {
        self.table = Table::default();
    }

    /// Removes the entries that `keeps` does not want. It may panic: then those that it has not been asked of stay.
    pub(super) fn retain(&mut self, keeps: impl FnMut(&mut E) -> bool) {
        self.table.retain(keeps);
        self.table.adapt();
    }

    /// The first entry of a hash that is the one.
    #[inline]
    pub(super) fn get(&self, hash: usize, is_it: impl FnMut(&E) -> bool) -> Option<&E> {
        self.table.get_which(hash, is_it)
    }

    /// As [`get`](Self::get), to be changed.
    #[inline]
    pub(super) fn get_mut(&mut self, hash: usize, is_it: impl FnMut(&E) -> bool) -> Option<&mut E> {
        self.table.get_mut_which(hash, is_it)
    }

    /// All entries of a hash.
    #[inline]
    pub(super) fn all_of(&self, hash: usize) -> impl Iterator<Item = &E> {
        self.table.all_of(hash)
    }

    /// Removes the first entry of a hash that is the one.
    pub(super) fn remove(&mut self, hash: usize, is_it: impl FnMut(&E) -> bool) -> Option<E> {
        self.table.remove_which(hash, is_it)
    }
}

impl<E: Entry> Entries<E> {
    /// Removes some of what is dead, so that an entry has room: to be called for each that is added or replaced.
    pub(super) fn make_room(&mut self) {
        self.table.remove_some(&mut self.next, PLACES, E::is_dead);
        if self.table.is_full() {
            self.purge();
        }
    }

    /// Removes all that is known to be dead.
    pub(super) fn purge(&mut self) {
        self.retain(|entry| !entry.is_dead());
    }

    /// Adds an entry of a hash, beside those that there are. There is [room](Self::make_room).
    pub(super) fn add(&mut self, hash: usize, entry: E) {
        self.table.add(hash, entry);
    }

    /// The entry of an object.
    #[inline]
    pub(super) fn get_of<T: ?Sized>(&self, object: Gc<'_, T>) -> Option<&E> {
        let address = address(object);
        self.table.get(address).filter(|entry| entry.is_of(address))
    }

    /// Sets the entry of an object; the one before.
    pub(super) fn set_of<T: ?Sized>(&mut self, object: Gc<'_, T>, entry: E) -> Option<E> {
        self.make_room();
        let address = address(object);
        // One of an earlier object in the same slot is replaced, too.
        self.table.insert(address, entry).filter(|before| before.is_of(address))
    }

    /// Removes the entry of an object.
    pub(super) fn remove_of<T: ?Sized>(&mut self, object: Gc<'_, T>) -> Option<E> {
        let address = address(object);
        self.table.remove(address).filter(|entry| entry.is_of(address))
    }
}

fn address<T: ?Sized>(object: Gc<'_, T>) -> usize {
    Gc::as_non_null(object).addr().get()
}

// SAFETY: duty 1: the edges are those of the entries, all in the tail, of which `slice` reports every one. Duty 2: the mask
// is empty. Duty 5: what is dropped is a boxed slice of entries.
unsafe impl<'gc, E: Trace<'gc>> Trace<'gc> for Entries<E> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        // In pieces.
        tracer.slice(self.table.places());
    }

    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn owned(&self, tally: &mut Tally) {
        tally.add(size_of_val(self.table.places()));
        if needs_drop::<E>() {
            tally.inside(self, |entries, tally| tally.each(entries.iter()));
        }
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        DropKind::Library.and(walk.visit::<E>(E::drop_kind))
    }
}
