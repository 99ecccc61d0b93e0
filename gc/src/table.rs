//! Tables by address, offset in a span, or a number that was counted up.
//!
//! Open addressing with linear probing, so that a look-up touches one cache line in most cases, and a hash of one
//! multiplication: keys that follow each other at equal distances, as offsets of slots do, are spread evenly by the
//! golden ratio (Knuth, The Art of Computer Programming 3, 6.4). Nobody outside of the heap chooses keys so that they
//! collide.

/// A table of values by key.
///
/// # Invariants
///
/// 1. There are no places, or a power of two, of which at most three quarters are taken.
/// 2. From the place that the hash of a key names up to the place where the key is, all are taken.
#[derive(Debug)]
pub(crate) struct Table<V> {
    places: Box<[Option<(usize, V)>]>,
    len: usize,
}

/// Places of the smallest table that has an entry.
const FEWEST: usize = 4;

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { places: Box::default(), len: 0 }
    }
}

impl<V> Table<V> {
    /// With room for so many entries.
    fn with_room(len: usize) -> Self {
        let places = (len * 4).div_ceil(3).next_power_of_two().max(FEWEST);
        Self { places: core::iter::repeat_with(|| None).take(places).collect(), len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The place where the search for a key begins, in a table that has some.
    #[inline]
    fn home(&self, key: usize) -> usize {
        let spread = (key as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // The highest bits are the best; there is more than one place.
        #[expect(clippy::cast_possible_truncation, reason = "less than the number of places")]
        let home = (spread >> (64 - self.places.len().trailing_zeros())) as usize;
        home
    }

    /// The place of a key, or the free place that it would take. `None` if there are no places.
    #[inline]
    fn find(&self, key: usize) -> Option<usize> {
        let last = self.places.len().checked_sub(1)?;
        let mut place = self.home(key);
        // Ends: a place is free (invariant 1).
        while let Some((other, _)) = &self.places[place]
            && *other != key
        {
            place = (place + 1) & last;
        }
        Some(place)
    }

    #[inline]
    pub(crate) fn get(&self, key: usize) -> Option<&V> {
        self.places[self.find(key)?].as_ref().map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: usize) -> Option<&mut V> {
        self.places[self.find(key)?].as_mut().map(|(_, value)| value)
    }

    /// The value of a key. If there is none, what `make` gives becomes it.
    #[inline]
    pub(crate) fn get_or_make(&mut self, key: usize, make: impl FnOnce() -> Option<V>) -> Option<&mut V> {
        let mut found = self.find(key);
        if found.is_none_or(|place| self.places[place].is_none()) {
            let value = make()?;
            if self.is_full() {
                self.rebuild(self.len + 1);
                found = self.find(key);
            }
            self.places[found?] = Some((key, value));
            self.len += 1;
        }
        self.places[found?].as_mut().map(|(_, value)| value)
    }

    /// Sets the value of a key; the one before.
    pub(crate) fn insert(&mut self, key: usize, value: V) -> Option<V> {
        let mut value = Some(value);
        let now = self.get_or_make(key, || value.take()).expect("a value was made, if there was none");
        value.map(|value| core::mem::replace(now, value))
    }

    pub(crate) fn remove(&mut self, key: usize) -> Option<V> {
        self.remove_at(self.find(key)?)
    }

    /// Removes the entry at a place.
    fn remove_at(&mut self, mut free: usize) -> Option<V> {
        let (_, value) = self.places[free].take()?;
        self.len -= 1;
        // Moves up what would not be found any more (invariant 2).
        let last = self.places.len() - 1;
        let mut next = (free + 1) & last;
        while let Some((key, _)) = &self.places[next] {
            let from_home = |place: usize| place.wrapping_sub(self.home(*key)) & last;
            if from_home(free) < from_home(next) {
                self.places.swap(free, next);
                free = next;
            }
            next = (next + 1) & last;
        }
        Some(value)
    }

    /// Takes out the entries that `is_due` says.
    pub(crate) fn extract(&mut self, is_due: impl Fn(usize, &V) -> bool) -> Vec<(usize, V)> {
        let due = |place: &mut Option<(usize, V)>| place.take_if(|(key, value)| is_due(*key, value));
        let taken: Vec<_> = self.places.iter_mut().filter_map(due).collect();
        if !taken.is_empty() {
            self.len -= taken.len();
            self.rebuild(self.len);
        }
        taken
    }

    /// Enters everything anew, in a table that has room for so many.
    #[cold]
    fn rebuild(&mut self, room: usize) {
        let mut rebuilt = if room == 0 { Self::default() } else { Self::with_room(room) };
        for (key, value) in core::mem::take(&mut self.places).into_iter().flatten() {
            let place = rebuilt.find(key).expect("there is room for all");
            rebuilt.places[place] = Some((key, value));
            rebuilt.len += 1;
        }
        *self = rebuilt;
    }

    /// Whether another entry has no room.
    fn is_full(&self) -> bool {
        (self.len + 1) * 4 > self.places.len() * 3
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &V)> {
        self.places.iter().flatten().map(|(key, value)| (*key, value))
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = V> {
        self.places.into_iter().flatten().map(|(_, value)| value)
    }

    /// Asserts the invariants.
    pub(crate) fn check(&self) {
        assert_eq!(self.len, self.iter().count());
        assert!(self.len * 4 <= self.places.len() * 3, "table invariant 1");
        for (place, entry) in self.places.iter().enumerate() {
            let Some((key, _)) = entry else { continue };
            assert_eq!(self.find(*key), Some(place), "table invariant 2");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use std::collections::HashMap;

    /// Numbers that follow from one another.
    fn dice(state: &mut u64) -> usize {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(*state >> 40).unwrap()
    }

    fn assert_equal(table: &Table<usize>, model: &HashMap<usize, usize>) {
        table.check();
        assert_eq!(table.len(), model.len());
        assert!(table.iter().all(|(key, value)| model.get(&key) == Some(value)));
    }

    #[test]
    fn a_table_is_what_a_map_is() {
        let mut state = 1;
        for (keys, distance) in [(3, 1), (40, 16), (1000, 8), (1000, 1 << 33)] {
            let (mut table, mut model) = (Table::default(), HashMap::new());
            for round in 0..20_000 {
                let key = dice(&mut state) % keys * distance;
                match dice(&mut state) % 16 {
                    0..6 => assert_eq!(table.insert(key, round), model.insert(key, round)),
                    6..12 => assert_eq!(table.remove(key), model.remove(&key)),
                    12 => assert_eq!(table.get_mut(key), model.get_mut(&key)),
                    13 => {
                        let made = table.get_or_make(key, || Some(round)).copied();
                        assert_eq!(made, Some(*model.entry(key).or_insert(round)));
                    }
                    14 => {
                        let made = table.get_or_make(key, || None).copied();
                        assert_eq!(made, model.get(&key).copied());
                    }
                    _ if usize::is_multiple_of(round, 64) => {
                        let is_due = |key: usize| (key / distance).is_multiple_of(5);
                        let mut taken = table.extract(|key, _| is_due(key));
                        let mut expected: Vec<_> = model.extract_if(|&key, _| is_due(key)).collect();
                        taken.sort_unstable();
                        expected.sort_unstable();
                        assert_eq!(taken, expected);
                    }
                    _ => assert_eq!(table.get(key), model.get(&key)),
                }
                if usize::is_multiple_of(round, 8) {
                    assert_equal(&table, &model);
                }
            }
            table.extract(|_, _| true);
            assert_equal(&table, &HashMap::new());
            assert_eq!(table.places.len(), 0, "an empty table has no places");
        }
    }

    #[test]
    fn offsets_of_slots_are_found_at_once() {
        for slot_bytes in [16, 32, 48, 4096, 1 << 20] {
            let mut table = Table::default();
            (0..3000).for_each(|slot| _ = table.insert(slot * slot_bytes, slot));
            let last = table.places.len() - 1;
            let steps = |(place, entry): (usize, &Option<(usize, usize)>)| {
                entry.map_or(0, |(key, _)| place.wrapping_sub(table.home(key)) & last)
            };
            let steps: usize = table.places.iter().enumerate().map(steps).sum();
            assert!(steps < 3000 * 2, "{steps} steps for 3000 slots of {slot_bytes} bytes");
        }
    }
}
