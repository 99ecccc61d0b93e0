//! What an interner knows of a hash: weak pointers to the values that have it.
//!
//! It compares no values, as that is code of the program: who looks for one gets the [`Candidates`] of a hash, and compares
//! when no lock is held any more.

use super::entries::Entries;
use crate::mutator::Mutation;
use crate::pointer::WeakGc;

/// Weak pointers to values of one hash, as they were at some time.
#[derive(Debug)]
pub(super) struct Candidates<'gc, T: ?Sized> {
    /// Mostly the only one.
    first: Option<WeakGc<'gc, T>>,
    others: Vec<WeakGc<'gc, T>>,
}

impl<'gc, T: ?Sized> Candidates<'gc, T> {
    pub(super) const NONE: Self = Self { first: None, others: Vec::new() };

    pub(super) fn of(known: &Entries<WeakGc<'gc, T>>, hash: usize) -> Self {
        let mut all = known.all_of(hash).copied();
        Self { first: all.next(), others: all.collect() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = WeakGc<'gc, T>> {
        self.first.into_iter().chain(self.others.iter().copied())
    }

    fn has(&self, weak: WeakGc<'gc, T>) -> bool {
        self.iter().any(|candidate| candidate == weak)
    }
}

/// Adds an entry, unless there is one of this hash that was not `compared`: then all that there are now.
pub(super) fn insert<'gc, T: ?Sized>(
    mc: &Mutation<'gc>,
    known: &mut Entries<WeakGc<'gc, T>>,
    hash: usize,
    weak: WeakGc<'gc, T>,
    compared: &Candidates<'gc, T>,
) -> Result<(), Candidates<'gc, T>> {
    // Mostly in the same order.
    let mut expected = compared.iter();
    if known.all_of(hash).any(|&now| expected.next() != Some(now) && !compared.has(now)) {
        return Err(Candidates::of(known, hash));
    }
    known.make_room(mc);
    known.add(hash, weak);
    Ok(())
}
