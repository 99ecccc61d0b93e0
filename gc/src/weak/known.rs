//! What an interner knows: weak pointers by the hash of their targets.
//!
//! It compares no values, as that is code of the program: who looks for one gets the [`Candidates`] of a hash, and compares
//! when no lock is held any more. Dead entries are removed by and by, as in [`entries`](super::entries).

use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::WeakGc;
use crate::table::Table;
use crate::trace::{Tally, Trace, Tracer};

/// Places that an insertion looks at, for dead entries.
const PLACES: usize = 4;

/// Weak pointers to values of one hash: one, and more where hashes of different values are equal.
type SameHash<'gc, T> = (WeakGc<'gc, T>, Option<Box<Vec<WeakGc<'gc, T>>>>);

/// Weak pointers to values of one hash, as they were at some time.
#[derive(Debug)]
pub(super) struct Candidates<'gc, T: ?Sized> {
    first: Option<WeakGc<'gc, T>>,
    others: Vec<WeakGc<'gc, T>>,
}

impl<'gc, T: ?Sized> Candidates<'gc, T> {
    pub(super) fn iter(&self) -> impl Iterator<Item = WeakGc<'gc, T>> {
        self.first.into_iter().chain(self.others.iter().copied())
    }

    fn has(&self, weak: WeakGc<'gc, T>) -> bool {
        self.iter().any(|candidate| candidate == weak)
    }
}

/// Weak pointers by hash.
pub(super) struct Known<'gc, T: ?Sized> {
    table: Table<SameHash<'gc, T>>,
    /// The place that is looked at next for dead entries.
    next: usize,
}

impl<T: ?Sized> Default for Known<'_, T> {
    fn default() -> Self {
        Self { table: Table::default(), next: 0 }
    }
}

/// Whether an entry is known to be dead. It may be dead if it is not.
fn is_dead<T: ?Sized>(weak: &WeakGc<'_, T>) -> bool {
    weak.target_unsettled().is_none()
}

/// Removes what is dead among entries of one hash; whether any is left.
fn purge_same<T: ?Sized>((first, others): &mut SameHash<'_, T>) -> bool {
    if let Some(list) = others {
        list.retain(|weak| !is_dead(weak));
        if is_dead(first)
            && let Some(other) = list.pop()
        {
            *first = other;
        }
        if list.is_empty() {
            *others = None;
        }
    }
    !is_dead(first)
}

impl<'gc, T: ?Sized> Known<'gc, T> {
    #[inline]
    pub(super) fn candidates(&self, hash: usize) -> Candidates<'gc, T> {
        let known = self.table.get(hash);
        let others = known.and_then(|(_, others)| others.as_deref().cloned()).unwrap_or_default();
        Candidates { first: known.map(|(first, _)| *first), others }
    }

    /// Adds an entry, unless there is one of this hash that was not `compared`: then all that there are now.
    pub(super) fn insert(
        &mut self,
        hash: usize,
        weak: WeakGc<'gc, T>,
        compared: &Candidates<'gc, T>,
    ) -> Result<(), Candidates<'gc, T>> {
        let now = self.candidates(hash);
        if now.iter().any(|candidate| !compared.has(candidate)) {
            return Err(now);
        }
        self.table.remove_some(&mut self.next, PLACES, |(first, others)| others.is_none() && is_dead(first));
        if self.table.is_full() {
            self.purge();
        }
        let mut new = Some(weak);
        let same = self.table.get_or_make(hash, || Some((new.take()?, None)));
        if let (Some(same), Some(weak)) = (same, new) {
            if purge_same(same) {
                same.1.get_or_insert_default().push(weak);
            } else {
                same.0 = weak;
            }
        }
        Ok(())
    }

    /// Removes all entries that are known to be dead.
    pub(super) fn purge(&mut self) {
        self.table.retain(purge_same);
        self.table.adapt();
    }

    /// All entries, those included that are dead and have not been removed.
    pub(super) fn iter(&self) -> impl Iterator<Item = WeakGc<'gc, T>> {
        let all = self.table.iter().map(|(_, same)| same);
        all.flat_map(|(first, others)| {
            core::iter::once(*first).chain(others.iter().flat_map(|list| list.iter().copied()))
        })
    }
}

// SAFETY: duty 1: the edges are those of the weak pointers, all in the tail, of which `slice` reports every one. Duty 2: the
// mask is empty. Duty 5: what is dropped are boxes and vectors of pointers.
unsafe impl<'gc, T: ?Sized + Trace<'gc>> Trace<'gc> for Known<'gc, T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        tracer.slice(self.table.places());
    }

    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn owned(&self, tally: &mut Tally) {
        tally.add(size_of_val(self.table.places()));
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::Library
    }
}
