//! Hash tables. What a key's text is can be read in a mutation only, which the traits of std's maps know nothing of; so
//! the buckets are our own.

use gc::{GcRefCell, Mutation, Trace};

use super::Value;
use super::condition::Answer;
use super::equality::{Comparison, hash, is_equal, is_eqv};

/// A hash table.
#[derive(Trace)]
pub(crate) struct Table<'gc> {
    pub(crate) comparison: Comparison,
    entries: GcRefCell<Entries<'gc>>,
}

#[derive(Default, Trace)]
struct Entries<'gc> {
    /// Their number is a power of two, or 0.
    buckets: Vec<Vec<Entry<'gc>>>,
    count: usize,
}

#[derive(Clone, Copy, Trace)]
struct Entry<'gc> {
    hash: u64,
    key: Value<'gc>,
    value: Value<'gc>,
}

impl<'gc> Table<'gc> {
    pub(crate) fn new(comparison: Comparison) -> Self {
        Self { comparison, entries: GcRefCell::default() }
    }

    pub(crate) fn count(&self, mc: &Mutation<'gc>) -> usize {
        self.entries.borrow(mc).count
    }

    pub(crate) fn get(&self, mc: &Mutation<'gc>, key: Value<'gc>) -> Answer<'gc, Option<Value<'gc>>> {
        let hash = hash(mc, self.comparison, key);
        let entries = self.entries.borrow(mc);
        let found = entries.find(mc, self.comparison, hash, key)?;
        Ok(found.map(|(bucket, place)| entries.buckets[bucket][place].value))
    }

    pub(crate) fn set(&self, mc: &Mutation<'gc>, key: Value<'gc>, value: Value<'gc>) -> Answer<'gc, ()> {
        let hash = hash(mc, self.comparison, key);
        let mut entries = self.entries.borrow_mut(mc);
        if let Some((bucket, place)) = entries.find(mc, self.comparison, hash, key)? {
            entries.buckets[bucket][place].value = value;
            return Ok(());
        }
        if entries.count >= entries.buckets.len() {
            entries.grow();
        }
        let bucket = entries.bucket(hash);
        entries.buckets[bucket].push(Entry { hash, key, value });
        entries.count += 1;
        Ok(())
    }

    pub(crate) fn remove(&self, mc: &Mutation<'gc>, key: Value<'gc>) -> Answer<'gc, bool> {
        let hash = hash(mc, self.comparison, key);
        let mut entries = self.entries.borrow_mut(mc);
        let Some((bucket, place)) = entries.find(mc, self.comparison, hash, key)? else { return Ok(false) };
        entries.buckets[bucket].swap_remove(place);
        entries.count -= 1;
        Ok(true)
    }

    pub(crate) fn clear(&self, mc: &Mutation<'gc>) {
        self.entries.take(mc);
    }

    /// All keys with their values.
    pub(crate) fn entries(&self, mc: &Mutation<'gc>) -> Vec<(Value<'gc>, Value<'gc>)> {
        let entries = self.entries.borrow(mc);
        entries.buckets.iter().flatten().map(|entry| (entry.key, entry.value)).collect()
    }

    /// A table with the same entries.
    pub(crate) fn copy(&self, mc: &Mutation<'gc>) -> Self {
        let entries = self.entries.borrow(mc);
        let copy = Entries { buckets: entries.buckets.clone(), count: entries.count };
        Self { comparison: self.comparison, entries: GcRefCell::new(copy) }
    }
}

impl<'gc> Entries<'gc> {
    #[expect(clippy::cast_possible_truncation, reason = "some bits of a hash are one, too")]
    fn bucket(&self, hash: u64) -> usize {
        hash as usize & (self.buckets.len() - 1)
    }

    /// The bucket of a key, and its place in it.
    fn find(
        &self,
        mc: &Mutation<'gc>,
        comparison: Comparison,
        hash: u64,
        key: Value<'gc>,
    ) -> Answer<'gc, Option<(usize, usize)>> {
        if self.count == 0 {
            return Ok(None);
        }
        let bucket = self.bucket(hash);
        for (place, entry) in self.buckets[bucket].iter().enumerate() {
            let same = entry.hash == hash
                && match comparison {
                    Comparison::Eqv => is_eqv(entry.key, key),
                    Comparison::Equal => is_equal(mc, entry.key, key)?,
                };
            if same {
                return Ok(Some((bucket, place)));
            }
        }
        Ok(None)
    }

    fn grow(&mut self) {
        let size = (self.buckets.len() * 2).max(8);
        let old = std::mem::replace(&mut self.buckets, vec![Vec::new(); size]);
        for entry in old.into_iter().flatten() {
            let bucket = self.bucket(entry.hash);
            self.buckets[bucket].push(entry);
        }
    }
}
