//! Hash tables whose entries die.
//!
//! Each entry dies with an object, its *subject*: the key of a weak map, the value of an interner. Dead entries are removed by and
//! by: after a cycle each insertion looks at a few of them, in turn, until all have been looked at once. Who finds the table full
//! looks at all of them, and would look at all entries to make a larger one anyway.
//!
//! # Dense
//!
//! The entries lie one after the other, and the hash table has only their places. So the collector scans a slice without
//! holes, an insertion writes where it wrote last, and the hash table stays small enough to be in the cache. (Like Python's
//! dictionaries; R. Hettinger, *More compact dictionaries with faster iteration*, 2012. A removal moves the last entry, so
//! here they are in no order.)
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

use hashbrown::HashTable;

use crate::memory::Generation;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::{Gc, WeakGc};
use crate::trace::{Tally, Trace, Tracer};

/// Entries that an insertion looks at, whether they are dead.
const LOOKED_AT: usize = 4;
/// Entries that the smallest table has room for.
const FEWEST: usize = 3;

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
///
/// # Invariants
///
/// 1. The index has each place in `entries` once, under the hash that is there, and nothing else.
/// 2. Entries at `looked_at_from` and later have been looked at since the `deaths` that are known, or were added since.
#[derive(Debug)]
pub(super) struct Entries<E> {
    entries: Vec<(usize, E)>,
    index: HashTable<Place>,
    looked_at_from: usize,
    deaths: Generation,
}

/// Where an entry is. Half a word, so that more of the index is in the cache.
type Place = u32;

/// What the index knows of a hash, which may be an address: of these some bits are equal in all.
#[inline]
fn spread(hash: usize) -> u64 {
    // Both halves of a product depend on all bits (Knuth, The Art of Computer Programming 3, 6.4).
    let product = u128::from(hash as u64) * 0x9E37_79B9_7F4A_7C15;
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    let low = product as u64;
    (product >> 64) as u64 ^ low
}

impl<E> Default for Entries<E> {
    fn default() -> Self {
        let (entries, index) = (Vec::new(), HashTable::new());
        Self { entries, index, looked_at_from: 0, deaths: Generation::default() }
    }
}

impl<E> Entries<E> {
    /// All entries, those included that are dead and have not been removed.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &E> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    /// Removes all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Removes the entries that `keeps` does not want, and gives up room that is not needed. It may panic: then those that it
    /// has not been asked of stay.
    pub(super) fn retain(&mut self, mut keeps: impl FnMut(&mut E) -> bool) {
        let thinned = Thinned(self);
        thinned.0.entries.retain_mut(|(_, entry)| keeps(entry));
    }

    /// The place of the first entry of a hash that is the one.
    #[inline]
    fn find(&self, hash: usize, mut is_it: impl FnMut(&E) -> bool) -> Option<usize> {
        let is_here = |&place: &Place| {
            let (other, entry) = &self.entries[place as usize];
            *other == hash && is_it(entry)
        };
        self.index.find(spread(hash), is_here).map(|&place| place as usize)
    }

    /// The first entry of a hash that is the one.
    #[inline]
    pub(super) fn get(&self, hash: usize, is_it: impl FnMut(&E) -> bool) -> Option<&E> {
        Some(&self.entries[self.find(hash, is_it)?].1)
    }

    /// As [`get`](Self::get), to be changed.
    #[inline]
    pub(super) fn get_mut(&mut self, hash: usize, is_it: impl FnMut(&E) -> bool) -> Option<&mut E> {
        let place = self.find(hash, is_it)?;
        Some(&mut self.entries[place].1)
    }

    /// All entries of a hash.
    #[inline]
    pub(super) fn all_of(&self, hash: usize) -> impl Iterator<Item = &E> {
        let places = self.index.iter_hash(spread(hash)).map(|&place| &self.entries[place as usize]);
        places.filter(move |(other, _)| *other == hash).map(|(_, entry)| entry)
    }

    /// Removes the first entry of a hash that is the one.
    pub(super) fn remove(&mut self, hash: usize, is_it: impl FnMut(&E) -> bool) -> Option<E> {
        let place = self.find(hash, is_it)?;
        Some(self.remove_at(place))
    }

    /// Removes the entry at a place, which the last one gets.
    fn remove_at(&mut self, place: usize) -> E {
        let hash = self.entries[place].0;
        let indexed = self.index.find_entry(spread(hash), |&other| other as usize == place);
        indexed.expect("invariant 1").remove();
        let last = self.entries.len() - 1;
        if place < last {
            let hash = self.entries[last].0;
            let moved = self.index.find_mut(spread(hash), |&other| other as usize == last);
            *moved.expect("invariant 1") = place_of(place);
        }
        self.looked_at_from = self.looked_at_from.min(last);
        self.entries.swap_remove(place).1
    }

    /// Adds an entry of a hash, beside those that there are. There is [room](Self::make_room).
    #[inline]
    pub(super) fn add(&mut self, hash: usize, entry: E) {
        let place = place_of(self.entries.len());
        self.entries.push((hash, entry));
        // Where much was removed the index enters all anew, in the same room.
        self.index.insert_unique(spread(hash), place, |&place| spread(self.entries[place as usize].0));
    }

    /// Makes the index anew, and room for so many entries.
    fn rebuild(&mut self, room: usize) {
        self.index = HashTable::with_capacity(room);
        self.entries.shrink_to(room);
        self.entries.reserve_exact(self.index.capacity().saturating_sub(self.entries.len()));
        for (place, (hash, _)) in self.entries.iter().enumerate() {
            let unused = |_: &Place| unreachable!("there is room for all");
            self.index.insert_unique(spread(*hash), place_of(place), unused);
        }
    }
}

/// # Panics
///
/// There are too many entries, some hundred gigabytes of them.
#[inline]
fn place_of(place: usize) -> Place {
    Place::try_from(place).expect("a weak collection has less than 2^32 entries")
}

/// Entries of which some are taken out: in the end the index is right again, and there is room for twice as many.
struct Thinned<'a, E>(&'a mut Entries<E>);

impl<E> Drop for Thinned<'_, E> {
    fn drop(&mut self) {
        let all = &mut *self.0;
        let len = all.entries.len();
        if len < all.index.len() || len < all.entries.capacity().div_ceil(8) {
            all.rebuild(len * 2);
            all.looked_at_from = all.looked_at_from.min(len);
        }
    }
}

impl<E: Entry> Entries<E> {
    /// Removes some of what is dead, so that an entry has room: to be called for each that is added or replaced.
    #[inline]
    pub(super) fn make_room(&mut self, mc: &Mutation<'_>) {
        let deaths = mc.record().core.memory.known_deaths();
        if deaths != self.deaths {
            (self.deaths, self.looked_at_from) = (deaths, self.entries.len());
        }
        if self.looked_at_from > 0 {
            self.remove_some();
        }
        if self.entries.len() == self.entries.capacity() {
            self.grow();
        }
    }

    /// Makes room by removing what is dead, or else in a larger table.
    #[cold]
    fn grow(&mut self) {
        self.purge();
        if self.entries.len() >= self.entries.capacity() / 2 {
            self.rebuild((self.entries.len() * 2).max(FEWEST));
        }
    }

    /// Removes what is dead of the next entries.
    fn remove_some(&mut self) {
        let next = self.looked_at_from.saturating_sub(LOOKED_AT)..self.looked_at_from;
        self.looked_at_from = next.start;
        for place in next.rev() {
            // What comes here instead has been looked at.
            if self.entries[place].1.is_dead() {
                drop(self.remove_at(place));
            }
        }
    }

    /// Removes all that is known to be dead.
    pub(super) fn purge(&mut self) {
        self.retain(|entry| !entry.is_dead());
    }

    /// The entry of an object.
    #[inline]
    pub(super) fn get_of<T: ?Sized>(&self, object: Gc<'_, T>) -> Option<&E> {
        let address = address(object);
        self.get(address, |entry| entry.is_of(address))
    }

    /// Sets the entry of an object; the one before.
    pub(super) fn set_of<T: ?Sized>(&mut self, mc: &Mutation<'_>, object: Gc<'_, T>, entry: E) -> Option<E> {
        self.make_room(mc);
        let address = address(object);
        let Some(before) = self.get_mut(address, |_| true) else {
            self.add(address, entry);
            return None;
        };
        // One of an earlier object in the same slot is replaced, too.
        Some(core::mem::replace(before, entry)).filter(|before| before.is_of(address))
    }

    /// Removes the entry of an object.
    pub(super) fn remove_of<T: ?Sized>(&mut self, object: Gc<'_, T>) -> Option<E> {
        let address = address(object);
        self.remove(address, |_| true).filter(|entry| entry.is_of(address))
    }
}

fn address<T: ?Sized>(object: Gc<'_, T>) -> usize {
    Gc::as_non_null(object).addr().get()
}

// SAFETY: duty 1: the edges are those of the entries, all in the tail, of which `slice` reports every one. Duty 2: the mask
// is empty. Duty 5: what is dropped is a vector of entries and an index without drop glue.
unsafe impl<'gc, E: Trace<'gc>> Trace<'gc> for Entries<E> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        // In pieces.
        tracer.slice(&self.entries);
    }

    fn owned(&self, tally: &mut Tally) {
        tally.add(self.entries.capacity() * size_of::<(usize, E)>() + self.index.allocation_size());
        if needs_drop::<E>() {
            tally.inside(self, |entries, tally| tally.each(entries.iter()));
        }
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        DropKind::Library.and(walk.visit::<E>(E::drop_kind))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{Entries, Entry, FEWEST, LOOKED_AT};
    use core::panic::AssertUnwindSafe;
    use core::ptr::{NonNull, without_provenance_mut};
    use std::panic::{catch_unwind, resume_unwind};

    /// An entry whose subject is an address that nobody follows.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    struct Mortal {
        kind: usize,
        is_dead: bool,
    }

    impl Entry for Mortal {
        fn subject(&self) -> Option<NonNull<u8>> {
            if self.is_dead { None } else { NonNull::new(without_provenance_mut(16)) }
        }
    }

    fn alive(kind: usize) -> Mortal {
        Mortal { kind, is_dead: false }
    }

    impl<E> Entries<E> {
        /// Asserts the invariants.
        fn check(&self) {
            assert_eq!(self.index.len(), self.entries.len(), "entries invariant 1");
            for (place, (hash, entry)) in self.entries.iter().enumerate() {
                let found = self.find(*hash, |other| core::ptr::eq(other, entry));
                assert_eq!(found, Some(place), "entries invariant 1");
            }
            assert!(self.looked_at_from <= self.len(), "entries invariant 2");
        }
    }

    /// What [`Entries::make_room`] does when no cycle has ended.
    fn make_room(entries: &mut Entries<Mortal>) {
        if entries.len() == entries.entries.capacity() {
            entries.grow();
        }
        assert!(entries.len() < entries.entries.capacity());
    }

    /// Numbers that follow from one another.
    fn dice(state: &mut u64) -> usize {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(*state >> 40).unwrap()
    }

    /// Several entries of one hash, told apart by what they are.
    #[test]
    fn entries_of_one_hash() {
        let mut state = 5;
        for (hashes, kinds, distance) in [(1, 60, 1), (7, 7, 1 << 60), (300, 2, 16)] {
            let (mut entries, mut model) = (Entries::default(), Vec::new());
            entries.rebuild(1000);
            for round in 0..4000_usize {
                let hash = (dice(&mut state) % hashes).wrapping_mul(distance);
                let kind = dice(&mut state) % kinds;
                let at = model.iter().position(|&(other, known, _)| (other, known) == (hash, kind));
                let is_it = |&(known, _): &(usize, usize)| known == kind;
                match (dice(&mut state) % 4, at) {
                    (0 | 1, None) => {
                        entries.add(hash, (kind, round));
                        model.push((hash, kind, round));
                    }
                    (0 | 1, Some(at)) => {
                        entries.get_mut(hash, is_it).unwrap().1 = round;
                        model[at].2 = round;
                    }
                    (2, at) => {
                        let removed = entries.remove(hash, is_it);
                        assert_eq!(removed, at.map(|at| (kind, model.swap_remove(at).2)));
                    }
                    (_, at) => {
                        let expected = at.map(|at| (kind, model[at].2));
                        assert_eq!(entries.get(hash, is_it).copied(), expected);
                    }
                }
                let mut found: Vec<_> =
                    entries.all_of(hash).map(|&(kind, round)| (hash, kind, round)).collect();
                let mut expected: Vec<_> =
                    model.iter().copied().filter(|&(other, ..)| other == hash).collect();
                found.sort_unstable();
                expected.sort_unstable();
                assert_eq!(found, expected);
                assert_eq!(entries.len(), model.len());
                entries.check();
            }
        }
        assert_eq!(Entries::<u8>::default().all_of(7).count(), 0);
    }

    /// Each entry is asked of once, and what is refused is gone; also if asking panics in between.
    #[test]
    fn retained() {
        let mut state = 3;
        for (n, distance) in [(1, 1), (3, 1), (12, 1 << 60), (40, 16), (700, 8)] {
            for round in 0..300 {
                let mut entries = Entries::default();
                (0..n).for_each(|kind: usize| {
                    make_room(&mut entries);
                    entries.add(kind.wrapping_mul(distance), alive(kind));
                });
                let (mut asked, fails_at) = (Vec::new(), dice(&mut state) % (2 * n));
                let is_refused = |kind: usize| (kind + round).is_multiple_of(2);
                let asking = AssertUnwindSafe(|| {
                    entries.retain(|&mut Mortal { kind, .. }| {
                        if asked.len() == fails_at {
                            resume_unwind(Box::new(()));
                        }
                        asked.push(kind);
                        !is_refused(kind)
                    });
                });
                assert_eq!(catch_unwind(asking).is_ok(), fails_at >= n);
                entries.check();
                let mut kept: Vec<_> = entries.iter().map(|entry| entry.kind).collect();
                kept.sort_unstable();
                let stays = |kind: &usize| !(asked.contains(kind) && is_refused(*kind));
                assert_eq!(kept, (0..n).filter(stays).collect::<Vec<_>>());
                asked.sort_unstable();
                asked.dedup();
                assert_eq!(asked.len(), fails_at.min(n), "asked twice");
                let room = entries.entries.capacity();
                assert!(room <= (kept.len() * 8).max(n * 2).max(FEWEST), "room for {room}");
            }
        }
    }

    /// A round comes to each entry that was there when it began, whatever is added and removed meanwhile, and removes those
    /// that are dead and no other.
    #[test]
    fn dead_entries_are_removed_by_and_by() {
        let mut state = 7;
        for n in [1, 3, 40, 1000_usize] {
            for _ in 0..20 {
                let mut entries = Entries::default();
                for kind in 0..n {
                    make_room(&mut entries);
                    let is_dead = dice(&mut state).is_multiple_of(3);
                    entries.add(kind, Mortal { kind, is_dead: false });
                    entries.get_mut(kind, |_| true).unwrap().is_dead = is_dead;
                }
                let mut living: Vec<_> = entries.iter().copied().filter(|entry| !entry.is_dead).collect();
                entries.looked_at_from = entries.len();
                for round in 0..n.div_ceil(LOOKED_AT) {
                    entries.remove_some();
                    entries.check();
                    // The program adds and removes.
                    make_room(&mut entries);
                    entries.add(n + round, alive(n + round));
                    living.push(alive(n + round));
                    let gone = living.swap_remove(dice(&mut state) % living.len());
                    assert_eq!(entries.remove(gone.kind, |_| true), Some(gone));
                }
                assert_eq!(entries.looked_at_from, 0);
                let mut left: Vec<_> = entries.iter().copied().collect();
                left.sort_unstable();
                living.sort_unstable();
                assert_eq!(left, living);
            }
        }
    }

    #[test]
    fn what_is_empty_has_allocated_nothing() {
        let mut entries = Entries::default();
        (0..1000).for_each(|kind| entries.add(kind, alive(kind)));
        entries.retain(|_| false);
        assert_eq!((entries.entries.capacity(), entries.index.allocation_size()), (0, 0));
        entries.add(1, alive(1));
        entries.remove(1, |_| true);
        entries.purge();
        assert_eq!((entries.entries.capacity(), entries.index.allocation_size()), (0, 0));
    }
}
